// Opens packet sources: what the user asked for, in plain values.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "capture/packet_source.hpp"

namespace deadair::capture {

struct ReadOptions {
  std::string bpf;                           // pcap-filter(7) expression; empty passes everything
  std::optional<std::uint64_t> max_packets;  // end after so many, counted after the filter
};

// Reads `paths` as one timeline: files, directories (with all below them), "-" for standard input.
// Inputs come in the order of their first packets and are merged where they overlap. What cannot be
// read is left out and told in inputs(). Throws Error when nothing can be read, or the filter is
// not valid.
std::unique_ptr<PacketSource> open_files(const std::vector<std::string>& paths,
                                         const ReadOptions& options);

struct LiveOptions {
  std::string interface;            // as `ip link` names it, or "any"
  std::string bpf;                  // as in ReadOptions
  std::uint32_t snaplen = 262'144;  // bytes kept of each packet
  std::uint32_t buffer_mib = 64;    // kernel buffer
  bool promiscuous = true;
  std::optional<std::uint64_t> max_packets;
};

// Captures on an interface; it never sends. After request_stop() the source delivers what the
// kernel already holds and then ends. Throws Error when the interface cannot be opened or the
// filter is not valid.
std::unique_ptr<PacketSource> open_live(const LiveOptions& options);

struct InterfaceInfo {
  std::string name;
  std::string description;  // often empty
  bool up = false;
  bool running = false;
  bool loopback = false;
  std::vector<std::string> addresses;  // IPv4 and IPv6, as text
};

// The interfaces this user could capture on. Throws Error when they cannot be listed.
std::vector<InterfaceInfo> list_interfaces();

// What libpcap calls itself, for --version: "libpcap version 1.10.3 (with TPACKET_V3)".
std::string libpcap_version();

}  // namespace deadair::capture
