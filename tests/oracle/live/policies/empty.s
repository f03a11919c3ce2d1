// Lets main.go name a function of another package by go:linkname.
