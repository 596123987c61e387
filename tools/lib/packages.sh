# shellcheck shell=bash
# shellcheck disable=SC2034  # read by the scripts that source this
# Which Debian packages each set of tools/setup holds; names are the same on Debian 12 and 13 but for clang.

base_packages=(g++ cmake ninja-build pkg-config ccache libpcap-dev libndpi-dev
  libboost-program-options-dev libfmt-dev zlib1g-dev liblzma-dev libzstd-dev liblz4-dev libssl-dev)

# What tests of the lab's middlebox over network namespaces use, beside iproute2 and tcpdump.
namespace_packages=(ethtool procps iputils-ping curl)

# Those of the lab that Debian would start as services of this machine.
lab_servers=(nginx coturn tor)

set_names=(test check fuzz bench lab fresh)

# Debian 12 has clang 16 as its newest, Debian 13 clang 19 and no 16. Layout rules differ between them,
# so the formatter of Debian 12 decides (tools/check).
clang_version() {
  local VERSION_ID=
  # shellcheck source=/dev/null
  [ -r /etc/os-release ] && . /etc/os-release
  if [ "$VERSION_ID" = 12 ]; then echo 16; else echo 19; fi
}

# add_set NAME: append its packages to `wanted`.
add_set() {
  local v
  v=$(clang_version)
  case $1 in
    test) wanted+=(catch2 nlohmann-json3-dev python3 python3-jsonschema iproute2 tcpdump zstd lz4 xz-utils
      "${namespace_packages[@]}") ;;
    check) wanted+=("clang-format-$v" "clang-tidy-$v" universal-ctags shellcheck git python3
      tshark) ;;
    fuzz) wanted+=("clang-$v" "libclang-rt-$v-dev") ;;
    bench) wanted+=(libndpi-bin python3 iproute2) ;;
    lab) wanted+=(python3 iproute2 tcpdump tshark nlohmann-json3-dev openssl "${namespace_packages[@]}"
      "${lab_servers[@]}" dnsmasq-base iperf3 ngtcp2-client ngtcp2-server openvpn wireguard-go wireguard-tools obfs4proxy
      baresip-core chromium) ;;
    fresh) wanted+=(debootstrap git) ;;
    *) return 1 ;;
  esac
}
