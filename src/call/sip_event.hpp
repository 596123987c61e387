// Turns a SIP message in a datagram into the few plain values that tell how a call goes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "bytes/byte_view.hpp"
#include "bytes/ip_address.hpp"
#include "proto/sdp.hpp"
#include "proto/sip.hpp"
#include "wire/raw_packet.hpp"

namespace deadair::call {

struct SocketAddress {
  IpAddress ip;
  std::uint16_t port = 0;
  friend bool operator==(const SocketAddress&, const SocketAddress&) = default;
};

// A socket that SDP announces for media.
struct SipSocket {
  SocketAddress at;
  std::uint8_t kinds = 0;  // flow::media_kind bits
  proto::sdp::Direction direction = proto::sdp::Direction::sendrecv;
  bool by_caller = false;    // filled in by the dialog
  bool from_itself = false;  // the message came from the announced address
  // The description names an inner address: this is its port at the address the message came from,
  // where a NAT that keeps ports sends it.
  bool guessed = false;
};

// What a description says of hold: `on` when nothing is to be heard from the other side any more
// (every stream sendonly, inactive, or at 0.0.0.0: RFC 3264 section 8.4).
enum class SipHold : std::uint8_t { unsaid, on, off };

struct SipEvent {
  static constexpr std::size_t kMostMedia = 4;

  std::uint64_t call_id = 0;   // hash of the Call-ID
  std::uint32_t from_tag = 0;  // hashes of the tags; 0 without one
  std::uint32_t to_tag = 0;
  proto::sip::Method method = proto::sip::Method::none;       // of a request, else none
  std::uint16_t status = 0;                                   // of a response, else 0
  proto::sip::Method cseq_method = proto::sip::Method::none;  // of both
  std::uint32_t cseq = 0;
  SocketAddress source, destination;  // who sent it to whom
  std::int64_t ts_ns = 0;
  wire::FrameRef frame;
  std::array<SipSocket, kMostMedia> media;
  std::uint8_t media_count = 0;
  SipHold hold = SipHold::unsaid;
  bool described = false;  // carries SDP
};

// A datagram as it was captured.
struct SipDatagram {
  ByteView payload;
  std::size_t wire_len = 0;  // of the payload, on the wire
  SocketAddress source, destination;
  std::int64_t ts_ns = 0;
  wire::FrameRef frame;
};

// True when the payload is a SIP message about a call: INVITE, ACK, BYE, CANCEL, PRACK, UPDATE or a
// response to one of them, with a Call-ID. Of a message cut short by the capture what is there
// counts. Streams with port 0 and those of other media than sound and picture are left out.
bool read_sip_event(const SipDatagram& datagram, SipEvent& out);

}  // namespace deadair::call
