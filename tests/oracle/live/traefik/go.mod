module whichpod/oracle/traefik

go 1.26.0

require github.com/traefik/traefik/v3 v3.7.13

// The published module lacks this nested one.
replace github.com/traefik/traefik/dynamic/ext => ./ext

// Traefik's own replacements; of go-http-auth's fork the newest state that the proxy serves.
replace (
	github.com/abbot/go-http-auth => github.com/containous/go-http-auth v0.4.1-0.20200324110947-a37a7636d23e
	github.com/gorilla/mux => github.com/containous/mux v0.0.0-20250523120546-41b6ec3aed59
)

exclude github.com/tencentcloud/tencentcloud-sdk-go v3.0.83+incompatible

// lego without its DNS providers: `cargo xtask oracle` lays it there.
replace github.com/go-acme/lego/v5 => ../../../../target/oracle/source/lego
