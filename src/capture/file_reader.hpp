// Packets of one capture file, in its own order, as views into the bytes read.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "capture/byte_window.hpp"
#include "wire/raw_packet.hpp"

namespace deadair::capture {

// A captured length above this is taken for damage, unless the file announces a larger snap length;
// it is what tcpdump and dumpcap capture at most.
inline constexpr std::uint32_t kUsualPacketBytes = 262'144;
inline constexpr std::uint32_t kMaxPacketBytes = 16U << 20;

// The largest captured length to believe in a file (or interface) of this snap length.
constexpr std::uint32_t packet_limit(std::uint32_t snaplen) {
  return std::max(kUsualPacketBytes, std::min(snaplen, kMaxPacketBytes));
}

// The common part of the formats: drives take() over the window and tells apart the ways to end.
class FileReader {
 public:
  explicit FileReader(ByteWindow window) : window_(std::move(window)) {}
  virtual ~FileReader() = default;
  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;

  // Fills `out` from the front and returns how many packets there are; 0 is the end of the file.
  // The packets stay valid until the next call.
  std::size_t next(std::span<wire::RawPacket> out);

  // The input number of the frames delivered from now on.
  void set_input(std::uint32_t input) { input_ = input; }

  // Link types the file declares, in order of first appearance.
  [[nodiscard]] const std::vector<wire::LinkType>& link_types() const { return link_types_; }
  // The largest snap length the file declares; 0 when none is known.
  [[nodiscard]] std::uint32_t snaplen() const { return snaplen_; }
  // True once the file proved to end in mid-packet or to be damaged; problem() says where.
  [[nodiscard]] bool truncated() const { return truncated_; }
  // Without the file's name; empty when all is well.
  [[nodiscard]] const std::string& problem() const { return problem_; }
  // Drops the file's statistics admit to, if it has any.
  [[nodiscard]] virtual std::optional<std::uint64_t> kernel_drops() const { return {}; }
  [[nodiscard]] virtual std::optional<std::uint64_t> interface_drops() const { return {}; }

  [[nodiscard]] const ByteSource& source() const { return window_.source(); }

 protected:
  // Parses what the window holds and consumes it; returns the packets put into `out`. When it can
  // deliver nothing it either calls need() or damaged().
  virtual std::size_t take(std::span<wire::RawPacket> out) = 0;

  [[nodiscard]] ByteWindow& window() { return window_; }
  void need(std::size_t bytes) { need_ = bytes; }
  // The file cannot be followed any further; `what` describes the spot.
  void damaged(const std::string& what);
  void add_link_type(wire::LinkType link);
  void add_snaplen(std::uint32_t snaplen) { snaplen_ = std::max(snaplen_, snaplen); }
  // The frame number for the next packet.
  wire::FrameRef next_frame() { return {input_, ++frames_}; }
  // True when the end of the bytes here would cut something in two.
  [[nodiscard]] virtual bool in_mid_record() const { return !window_.data().empty(); }

 private:
  void finish();

  ByteWindow window_;
  std::uint32_t input_ = 0;
  std::uint64_t frames_ = 0;
  std::size_t need_ = 0;
  bool ended_ = false;
  bool truncated_ = false;
  std::string problem_;
  std::vector<wire::LinkType> link_types_;
  std::uint32_t snaplen_ = 0;
};

}  // namespace deadair::capture
