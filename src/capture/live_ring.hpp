// The open interface: the only place where live capture touches libpcap.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <pcap/pcap.h>

#include "capture/open.hpp"
#include "wire/raw_packet.hpp"

namespace deadair::capture {

class LiveRing {
 public:
  struct Drops {
    std::uint64_t kernel = 0;     // no room in the ring
    std::uint64_t interface = 0;  // by the interface or its driver
  };

  // Throws Error when the interface cannot be opened or the filter is not valid.
  explicit LiveRing(const LiveOptions& options);

  // Copies waiting packets out of the ring, as its blocks go back to the kernel at once; the copies
  // stay valid until the next call. Never waits. When the interface fails, failure() says how.
  std::size_t take(std::span<wire::RawPacket> out);
  [[nodiscard]] const std::string& failure() const { return failure_; }
  // Waits at most `milliseconds` for packets.
  void wait(int milliseconds) const;
  // Makes the kernel put no more packets into the ring; those in it remain to be taken.
  void stop_filling();
  // Since the capture began. Call often enough that the kernel's 32 bits do not wrap in between.
  [[nodiscard]] Drops drops();
  [[nodiscard]] wire::LinkType link() const { return link_; }

 private:
  static void on_packet(u_char* self, const pcap_pkthdr* header, const u_char* data);
  void copy(const pcap_pkthdr& header, const u_char* data);
  void configure(const LiveOptions& options);
  void activate(const LiveOptions& options);
  void set_filter(const std::string& expression);

  std::unique_ptr<pcap_t, decltype(&pcap_close)> handle_;
  std::uint32_t snaplen_;
  wire::LinkType link_ = 0;
  std::int64_t fraction_ns_ = 1;  // nanoseconds in one unit of the header's fraction of a second
  int descriptor_ = -1;
  std::vector<std::uint8_t> arena_;
  std::size_t arena_used_ = 0;
  std::span<wire::RawPacket> out_;
  std::size_t count_ = 0;
  std::uint64_t frames_ = 0;
  std::string failure_;
  Drops drops_;
};

}  // namespace deadair::capture
