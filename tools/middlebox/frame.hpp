// A frame in the middlebox's hands, and what its headers say.
#pragma once

#include <cstdint>
#include <optional>

#include "bytes_out.hpp"
#include "wire/packet.hpp"

namespace deadair::middlebox {

// Which way a frame travels: up from the client (left) to the server (right), down back.
enum class Way : std::uint8_t { up, down };

constexpr Way back(Way way) { return way == Way::up ? Way::down : Way::up; }
constexpr std::size_t index(Way way) { return way == Way::up ? 0 : 1; }

// What the kernel keeps beside a frame whose segmentation or checksum it left to the card; passed
// on as it came. This is struct virtio_net_hdr of <linux/virtio_net.h>, in host order, which
// packet(7) puts in front of frames; that header is no C++.
struct Offload {
  std::uint8_t flags = 0;
  std::uint8_t gso_type = 0;
  std::uint16_t header_len = 0;
  std::uint16_t gso_size = 0;
  std::uint16_t checksum_start = 0;
  std::uint16_t checksum_offset = 0;
};
static_assert(sizeof(Offload) == 10);

struct Frame {
  Bytes bytes;  // from the Ethernet header on
  Offload offload;
};

// The headers of a frame's outermost IP packet; views point into the frame's bytes.
struct Headers {
  wire::Packet packet;
  std::size_t ip_at = 0;         // offset of the IP header in the frame
  std::size_t transport_at = 0;  // offset of the transport header
  bool fragment = false;         // a part of a datagram: no ports, no payload

  // What a limit in bytes counts: transport payload.
  [[nodiscard]] std::uint32_t payload_size() const { return packet.payload_len; }
  // What `min_size` and `max_size` look at: payload of UDP, the whole IP packet of others.
  [[nodiscard]] std::uint32_t judged_size() const {
    return packet.proto == wire::ip_proto::kUdp ? packet.payload_len : packet.ip_len;
  }
};

// False for what is not IP or is damaged: such a frame goes on untouched.
bool read_headers(const Frame& frame, Headers& out);

// The bytes a TCP segment takes in sequence space, SYN and FIN included.
std::uint32_t sequence_length(const wire::Packet& packet);

}  // namespace deadair::middlebox
