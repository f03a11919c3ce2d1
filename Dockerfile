# The container image: the static program, and nothing else. `cargo xtask package` makes the folder that is copied.
#
#     docker buildx build --platform linux/amd64,linux/arm64 .
#     docker run --rm -v "$PWD:/k8s:ro" IMAGE check -f /k8s
FROM scratch
ARG TARGETARCH
COPY target/package/image-${TARGETARCH}/ /
USER 65532:65532
WORKDIR /
ENTRYPOINT ["/whichpod"]
