// Where packets come from: a file, a set of files as one timeline, or a network interface.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "wire/raw_packet.hpp"

namespace deadair::capture {

// What is known of one input (a file or an interface) when it ends; becomes its `capture` record.
struct InputSummary {
  std::string name;                        // as the user named it
  std::vector<wire::LinkType> link_types;  // in order of first appearance
  std::uint32_t snaplen = 0;               // the largest declared; 0 when none is known
  std::uint64_t packets = 0;               // frames delivered (after any filter)
  std::uint64_t bytes = 0;                 // their length on the wire
  std::int64_t ts_first_ns = 0;            // smallest and largest time stamp delivered
  std::int64_t ts_last_ns = 0;
  bool truncated = false;   // ends in mid-packet, or damaged from there on
  bool unreadable = false;  // nothing of it could be read; `problem` says why
  std::string problem;      // one line for stderr, beginning with the name; empty when all is well
  std::optional<std::uint64_t> kernel_drops;     // live, or a pcapng statistics block (isb_osdrop)
  std::optional<std::uint64_t> interface_drops;  // live, or isb_ifdrop
};

class PacketSource {
 public:
  virtual ~PacketSource() = default;

  // Fills `out` from the front and returns how many packets there are; 0 means the end of all
  // input, or, for a live source, that nothing came within its poll interval (see ended()).
  // The packets stay valid until the next call.
  virtual std::size_t next(std::span<wire::RawPacket> out) = 0;
  // True once next() will never deliver again.
  [[nodiscard]] virtual bool ended() const = 0;

  // Inputs in the order in which FrameRef::input() counts them. Grows while reading.
  [[nodiscard]] virtual const std::vector<InputSummary>& inputs() const = 0;

  // Asks the source to end soon: what it already holds is still delivered. Safe in a signal
  // handler.
  virtual void request_stop() {}

  // Files found in directories that are no captures, and were passed over.
  [[nodiscard]] virtual std::uint64_t skipped_files() const { return 0; }

  // For progress: bytes read of the files so far and in all (0 when unknown, as for a pipe).
  [[nodiscard]] virtual std::uint64_t bytes_read() const { return 0; }
  [[nodiscard]] virtual std::uint64_t bytes_total() const { return 0; }
};

}  // namespace deadair::capture
