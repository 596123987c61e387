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

}  // namespace deadair::capture
