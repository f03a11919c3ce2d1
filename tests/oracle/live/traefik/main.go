// Keeps Traefik's own program in go.mod: `go build github.com/traefik/traefik/v3/cmd/traefik` builds it.
//go:build tools

package main

import _ "github.com/traefik/traefik/v3/cmd/traefik"
