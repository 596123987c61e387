// What the engine reads out of payload: streams, datagrams, names, media.
#include <algorithm>
#include <array>

#include "classify/data/ech_public_names.hpp"
#include "classify/engine.hpp"
#include "classify/scene.hpp"
#include "classify/unwrap.hpp"
#include "proto/demultiplex.hpp"
#include "proto/dns.hpp"
#include "proto/http.hpp"
#include "proto/quic.hpp"
#include "proto/rtp.hpp"
#include "proto/stun.hpp"
#include "proto/tls.hpp"

namespace deadair::classify {
namespace {

constexpr std::uint16_t kDnsPort = 53;

// Lower case without the final dot, as names are compared (RFC 4343).
std::string_view canonical(std::string_view host, std::array<char, 256>& buffer) {
  if (!host.empty() && host.back() == '.') host.remove_suffix(1);
  host = host.substr(0, buffer.size());
  std::transform(host.begin(), host.end(), buffer.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  return {buffer.data(), host.size()};
}

}  // namespace

bool Engine::on_tcp(Scene& scene) {
  // What a reset carries is a diagnostic text, not a part of the stream (RFC 9293 section 3.5.2).
  if ((scene.packet.tcp_flags & wire::tcp_flag::kRst) != 0) return false;
  Dossier& dossier = dossiers_[scene.record.dossier];
  const auto side = static_cast<std::size_t>(scene.from);
  std::uint32_t& index = dossier.heads[side];
  if (index == flow::kNone) {
    index = heads_.take();
    const bool known = scene.track != nullptr && scene.track->directions[side].start_known;
    const bool syn = (scene.packet.tcp_flags & wire::tcp_flag::kSyn) != 0;
    dossier.first_seq[side] =
        known ? scene.track->directions[side].first_seq : scene.packet.seq + (syn ? 1U : 0U);
    dossier.from_start[side] = known || syn;
  }
  const std::uint32_t offset = scene.packet.seq - dossier.first_seq[side] +
                               ((scene.packet.tcp_flags & wire::tcp_flag::kSyn) != 0 ? 1U : 0U);
  flow::StreamHead& head = heads_[index];
  const std::size_t held = head.held();
  const bool grew = head.add(offset, scene.packet.payload);
  head_bytes_ += head.held() - held;
  if (!grew) return false;
  if (!dossier.name_done) read_names(scene, head.contiguous());

  const auto view = [&](flow::Side of) {
    const std::uint32_t of_side = dossier.heads[static_cast<std::size_t>(of)];
    return of_side == flow::kNone ? ByteView{} : heads_[of_side].contiguous();
  };
  const flow::Side client = scene.record.client();
  ask_stream(scene, {view(client), view(flow::other(client)), scene.direction(),
                     dossier.from_start[side], scene.packet.frame});
  return false;
}

void Engine::read_names(Scene& scene, ByteView stream) {
  Dossier& dossier = dossiers_[scene.record.dossier];
  if (scene.uses_port(kDnsPort)) {
    if (read_dns(scene, true, stream)) dossier.open = 0;
    return;
  }
  proto::tls::ClientHello hello;
  const ParseStatus tls = proto::tls::parse_client_hello(stream, scratch_, hello);
  if (tls == ParseStatus::parsed) {
    scene.record.believe_client(scene.from, flow::ClientBasis::protocol);
    dossier.web = dossier.name_done = true;
    take_name(scene, hello.sni, NameSource::tls);
    dossier.ech = hello.ech && is_ech_public_name(dossier.host);
    return;
  }
  proto::http::Request request;
  const ParseStatus http = proto::http::parse_request(stream, request);
  if (http == ParseStatus::parsed) {
    scene.record.believe_client(scene.from, flow::ClientBasis::protocol);
    dossier.web = dossier.name_done = true;
    take_name(scene, request.host, NameSource::http);
    return;
  }
  if (proto::tls::looks_like_tls(stream) && stream.size() > 5) dossier.web = true;
  const bool neither = tls == ParseStatus::not_this && http == ParseStatus::not_this;
  // Where nothing but the first packet tells the client, the other side may still say hello.
  const bool both_spoke = dossier.heads[0] != flow::kNone && dossier.heads[1] != flow::kNone;
  const bool client_known = scene.record.basis != 0 || both_spoke;
  if (neither && client_known && scene.direction() == Direction::up) dossier.name_done = true;
}

void Engine::take_name(Scene& scene, std::string_view host, NameSource source) {
  if (host.empty()) return;
  Dossier& dossier = dossiers_[scene.record.dossier];
  std::array<char, 256> buffer;
  const std::string_view name = canonical(host, buffer);
  dossier.host = name;
  dossier.host_frame = scene.packet.frame;
  dossier.name_source = source;
  const NameMatch match = rules_.match_name(name);
  if (match.rule != nullptr)
    hosts_.learn_use(scene.client(), match.classifier, false, scene.packet.ts_ns);
}

// Learns from a DNS message. One socket may ask many questions (A and AAAA at once, or a resolver's
// whole day), so messages of a flow are read as long as it lives. False when these bytes are not,
// or not yet, a message.
bool Engine::read_dns(const Scene& scene, bool over_tcp, ByteView bytes) {
  proto::dns::Message message;
  const ParseStatus status = over_tcp ? proto::dns::parse_tcp(bytes, message)
                                      : proto::dns::parse(bytes, scene.packet.payload_len, message);
  if (status == ParseStatus::not_this) return false;
  if (over_tcp && status == ParseStatus::truncated) return false;
  const flow::Side client = message.response ? flow::other(scene.from) : scene.from;
  scene.record.believe_client(client, flow::ClientBasis::protocol);
  const NameMatch match = rules_.match_name(message.name.view());
  if (match.rule != nullptr)
    hosts_.learn_use(scene.address(client), match.classifier, true, scene.packet.ts_ns);
  if (!message.response) return true;
  proto::dns::for_each_address(message, [&](const IpAddress& address, const auto&) {
    hosts_.learn_name(scene.address(client), address, message.name.view(), scene.packet.frame,
                      scene.packet.ts_ns);
  });
  return true;
}

bool Engine::on_udp(Scene& scene) {
  Dossier& dossier = dossiers_[scene.record.dossier];
  const wire::Packet& packet = scene.packet;
  if (scene.uses_port(kDnsPort) && read_dns(scene, false, packet.payload)) {
    dossier.open = 0;
    dossier.name_done = scene.record.watch = true;
    return false;
  }
  Unwrapped unwrapped;
  unwrap(packet.payload, packet.payload_len, unwrapped);
  if (unwrapped.is_stun) {
    scene.record.watch = true;
    const proto::stun::Message& stun = unwrapped.stun;
    const bool asks_relay =
        stun.kind == proto::stun::Class::request && stun.method == proto::stun::method::kAllocate;
    if (asks_relay) scene.record.believe_client(scene.from, flow::ClientBasis::protocol);
  }
  const bool bare_stun = unwrapped.is_stun && !unwrapped.relayed;
  const bool started = !bare_stun && note_media(scene, unwrapped.inner, unwrapped.inner_len);
  Datagram datagram{.payload = packet.payload,
                    .wire_len = packet.payload_len,
                    .direction = scene.direction(),
                    .frame = packet.frame,
                    .ts_ns = packet.ts_ns,
                    .stun = unwrapped.is_stun ? &unwrapped.stun : nullptr,
                    .multiplexed = unwrapped.multiplexed,
                    .relayed = unwrapped.relayed,
                    .inner = unwrapped.inner,
                    .inner_len = static_cast<std::uint32_t>(unwrapped.inner_len),
                    .kind = proto::demultiplex(unwrapped.inner)};
  proto::quic::LongHeader quic;
  if (proto::quic::parse_long_header(packet.payload, packet.payload_len, quic) ==
      ParseStatus::parsed) {
    dossier.web = true;
    datagram.quic = &quic;
  }
  proto::rtp::Header rtp;
  if (datagram.kind == proto::CallProtocol::rtp &&
      proto::rtp::parse(datagram.inner, datagram.inner_len, rtp) != ParseStatus::not_this)
    datagram.rtp = &rtp;
  ask_datagram(scene, datagram);
  if (dossier.open == 0) dossier.name_done = true;
  if (dossier.has_call) scene.record.watch = true;
  return started;
}

bool Engine::on_inspected_udp(Scene& scene) {
  if (scene.uses_port(kDnsPort)) {
    read_dns(scene, false, scene.packet.payload);
    return false;
  }
  if (scene.record.framed) return note_framed(scene);
  if (!may_hold_media(scene.packet.payload)) return false;
  Unwrapped unwrapped;
  unwrap(scene.packet.payload, scene.packet.payload_len, unwrapped);
  if (unwrapped.is_stun && !unwrapped.relayed) return false;
  return note_media(scene, unwrapped.inner, unwrapped.inner_len);
}

bool Engine::note_media(Scene& scene, ByteView payload, std::size_t wire_len) {
  if (scene.record.framed) return note_framed(scene);
  if (proto::demultiplex(payload) != proto::CallProtocol::rtp) return false;
  return note_rtp(scene.record, scene.from, payload, wire_len, scene.packet.ts_ns);
}

bool Engine::note_framed(Scene& scene) {
  flow::FlowRecord& record = scene.record;
  Media media;
  const Unframe unframe = dossiers_[record.dossier].unframe;
  if (!unframe(scene.packet.payload, scene.packet.payload_len, media)) return false;
  if (!media.rtp.empty())
    return note_rtp(record, scene.from, media.rtp, media.rtp_len, scene.packet.ts_ns);
  if (media.opaque_len == 0) return false;
  if (record.tracker == flow::kNone) record.tracker = media_.take();
  media_[record.tracker].update_opaque(scene.from, media.opaque_len, media.kind,
                                       scene.packet.ts_ns);
  record.watch = true;
  return false;
}

bool Engine::note_rtp(flow::FlowRecord& record, flow::Side from, ByteView payload,
                      std::size_t wire_len, std::int64_t ts_ns) {
  proto::rtp::Header header;
  if (proto::rtp::parse(payload, wire_len, header) == ParseStatus::not_this) return false;
  if (record.tracker == flow::kNone) record.tracker = media_.take();
  if (!media_[record.tracker].update(from, header, ts_ns)) return false;
  record.watch = true;
  return true;
}

}  // namespace deadair::classify
