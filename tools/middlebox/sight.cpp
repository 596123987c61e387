// Reads names of TLS, HTTP, QUIC and DNS, and tells STUN, DTLS, RTP, WireGuard and OpenVPN.
#include "sight.hpp"

#include <algorithm>
#include <array>

#include "proto/demultiplex.hpp"
#include "proto/dns.hpp"
#include "proto/dtls.hpp"
#include "proto/http.hpp"
#include "proto/quic.hpp"
#include "proto/rtp.hpp"
#include "proto/stun.hpp"
#include "proto/tls.hpp"
#include "proto/turn.hpp"

namespace deadair::middlebox {
namespace {

namespace dns = proto::dns;
namespace http = proto::http;
namespace quic = proto::quic;
namespace rtp = proto::rtp;
namespace stun = proto::stun;
namespace tls = proto::tls;
namespace turn = proto::turn;

std::string lower(std::string_view name) {
  std::string out(name);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

// The name of a ClientHello or of a request at the start of a stream. True when no more bytes of
// the stream are needed.
bool read_head(ByteView stream, Names& fresh) {
  std::array<std::uint8_t, tls::kScratchSize> scratch;
  tls::ClientHello hello;
  const ParseStatus status = tls::parse_client_hello(stream, scratch, hello);
  if (status != ParseStatus::not_this) {
    fresh.sni = lower(hello.sni);
    return status == ParseStatus::parsed || !fresh.sni.empty();
  }
  http::Request request;
  const ParseStatus read = http::parse_request(stream, request);
  fresh.host = lower(request.host);
  return read != ParseStatus::truncated || !fresh.host.empty();
}

// Later requests of a connection begin with their segment.
void read_later_request(ByteView segment, Names& fresh) {
  http::Request request;
  if (http::parse_request(segment, request) != ParseStatus::not_this)
    fresh.host = lower(request.host);
}

void inspect_tcp(FlowState& flow, const wire::Packet& packet, Way way, Sight& out) {
  if (way != Way::up || packet.payload.empty()) return;
  if (flow.head_done) return read_later_request(packet.payload, out.fresh);
  if (!flow.isn_known) {
    flow.client_isn = packet.seq - 1;  // the flow was met in its middle: the head is what comes
    flow.isn_known = true;
  }
  if (!flow.head) flow.head = std::make_unique<flow::StreamHead>();
  if (!flow.head->add(packet.seq - flow.client_isn - 1, packet.payload)) return;
  flow.head_done = read_head(flow.head->contiguous(), out.fresh) || flow.head->full();
  if (flow.head_done) flow.head.reset();
}

void read_quic(FlowState& flow, const wire::Packet& packet, Way way, Sight& out) {
  quic::LongHeader header;
  if (flow.head_done || way != Way::up) return;
  if (quic::parse_long_header(packet.payload, packet.payload_len, header) ==
          ParseStatus::not_this ||
      !header.may_carry_hello())
    return;
  if (!flow.quic) flow.quic = std::make_unique<quic::HelloAssembler>();
  flow.quic->add(packet.payload, packet.payload_len);
  out.fresh.quic_sni = lower(flow.quic->hello().sni);
  flow.head_done = flow.quic->done() || !out.fresh.quic_sni.empty();
  if (flow.head_done) flow.quic.reset();
}

void read_dns(const wire::Packet& packet, Sight& out) {
  dns::Message message;
  if (packet.src_port != dns::kPort && packet.dst_port != dns::kPort) return;
  if (dns::parse(packet.payload, packet.payload_len, message) != ParseStatus::parsed) return;
  out.dns_name = message.name.view();
  out.dns_query = !message.response;
}

void read_stun(ByteView payload, Sight& out) {
  constexpr std::size_t kCookieAt = 4;
  stun::Message message;
  out.stun_cookie = payload.be32(kCookieAt) == stun::kMagicCookie;
  if (stun::parse(payload, payload.size(), message) == ParseStatus::parsed)
    out.stun_method = message.method;
}

// The stream of that SSRC, or a slot for it in place of the eldest.
MediaStream& stream_of(FlowSide& side, std::uint32_t ssrc) {
  for (MediaStream& stream : side.streams)
    if (stream.seen && stream.ssrc == ssrc) return stream;
  MediaStream& fresh = side.streams[side.next_stream];
  side.next_stream = (side.next_stream + 1) % kMostStreams;
  fresh.seen = false;
  return fresh;
}

// Any datagram of version 2 reads as RTP; one that goes on where its stream's last one was is.
bool goes_on(FlowSide& side, const rtp::Header& header) {
  constexpr std::uint16_t kFarthest = 512;
  MediaStream& stream = stream_of(side, header.ssrc);
  const auto ahead = static_cast<std::uint16_t>(header.sequence - stream.sequence);
  const auto behind = static_cast<std::uint16_t>(stream.sequence - header.sequence);
  const bool same = stream.seen && std::min(ahead, behind) <= kFarthest;
  stream = {true, header.ssrc, header.sequence};
  return same;
}

void read_media(FlowSide& side, ByteView payload, Sight& out) {
  rtp::Header media;
  proto::dtls::Header record;
  switch (proto::demultiplex(payload)) {
    case proto::CallProtocol::rtp:
      out.rtp =
          rtp::parse(payload, payload.size(), media) == ParseStatus::parsed && goes_on(side, media);
      break;
    case proto::CallProtocol::dtls:
      out.dtls = proto::dtls::parse(payload, payload.size(), record) == ParseStatus::parsed;
      break;
    default:
      break;
  }
}

// What a TURN relay carries is inspected like what comes without one.
ByteView unwrapped(ByteView payload) {
  turn::ChannelData channel;
  if (turn::parse_channel_data(payload, payload.size(), channel) == ParseStatus::parsed)
    return channel.data;
  stun::Message message;
  if (stun::parse(payload, payload.size(), message) != ParseStatus::parsed) return payload;
  const auto relayed = turn::relayed_data(message);
  return relayed.has_value() ? relayed->data : payload;
}

// "WireGuard: Next Generation Kernel Network Tunnel", section 5.4: type, three zero bytes, and the
// size of each handshake message; data is padded to 16 bytes.
bool is_wireguard(ByteView payload) {
  if (payload.le32(0) == 0 || payload.le32(0) > 4) return false;
  switch (payload.u8(0)) {
    case 1:
      return payload.size() == 148;
    case 2:
      return payload.size() == 92;
    case 3:
      return payload.size() == 64;
    default:
      return payload.size() >= 32 && payload.size() % 16 == 0;
  }
}

// Hard resets of client (versions 2 and 3) and server, with key id 0: what begins every session
// (OpenVPN's ssl_pkt.h). Over TCP a length of two bytes goes before.
bool is_openvpn_reset(ByteView payload) {
  constexpr std::uint8_t kClientV2 = 0x38, kServerV2 = 0x40, kClientV3 = 0x50;
  constexpr std::size_t kLeast = 14, kMost = 600;
  const std::uint8_t first = payload.u8(0);
  return (first == kClientV2 || first == kServerV2 || first == kClientV3) &&
         payload.size() >= kLeast && payload.size() <= kMost;
}

void inspect_udp(FlowState& flow, const wire::Packet& packet, Way way, Sight& out) {
  read_dns(packet, out);
  read_quic(flow, packet, way, out);
  read_stun(packet.payload, out);
  read_media(flow.side(way), unwrapped(packet.payload), out);
  out.wireguard = is_wireguard(packet.payload);
  out.openvpn = is_openvpn_reset(packet.payload);
}

bool is_openvpn_over_tcp(ByteView segment) {
  constexpr std::size_t kLength = 2;
  return segment.be16(0) == segment.size() - kLength && is_openvpn_reset(segment.from(kLength));
}

}  // namespace

void inspect(FlowState& flow, const wire::Packet& packet, Way way, Sight& out) {
  if (packet.proto == wire::ip_proto::kUdp) {
    inspect_udp(flow, packet, way, out);
  } else if (packet.proto == wire::ip_proto::kTcp) {
    inspect_tcp(flow, packet, way, out);
    out.openvpn = packet.payload.size() > 2 && is_openvpn_over_tcp(packet.payload);
  }
}

}  // namespace deadair::middlebox
