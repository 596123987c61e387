// What the engine reads out of payload: streams, datagrams, media.
#include "classify/engine.hpp"
#include "classify/scene.hpp"
#include "classify/unwrap.hpp"
#include "proto/demultiplex.hpp"
#include "proto/dns.hpp"
#include "proto/quic.hpp"
#include "proto/rtp.hpp"
#include "proto/stun.hpp"

namespace deadair::classify {

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
                     dossier.from_start[side], scene.packet.frame, scene.packet.ts_ns});
  note_chat(scene);
  if (dossier.has_call) {
    open_setup(scene);
    note_tcp_setup(scene);
    scene.record.watch = true;
  }
  return false;
}

void Engine::on_inspected_tcp(Scene& scene) {
  if (dossiers_[scene.record.dossier].setup != flow::kNone) note_tcp_setup(scene);
  note_chat(scene);
}

// TURN over TCP (RFC 8656 section 3.1): clients send each message with a segment of its own.
void Engine::note_tcp_setup(Scene& scene) {
  flow::SetupTrack& setup = setups_[dossiers_[scene.record.dossier].setup];
  proto::stun::Message message;
  const wire::Packet& packet = scene.packet;
  setup.came(scene.from, packet.ttl);
  if (proto::stun::parse(packet.payload, packet.payload_len, message) == ParseStatus::parsed)
    setup.stun(scene.from, message, packet.ts_ns, packet.frame);
  else
    setup.other(scene.from, packet.ts_ns);
}

bool Engine::on_udp(Scene& scene) {
  Dossier& dossier = dossiers_[scene.record.dossier];
  const wire::Packet& packet = scene.packet;
  if (scene.uses_port(proto::dns::kPort) && read_dns(scene, false, packet.payload)) {
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
  bool media = false;
  const bool started = !bare_stun && note_media(scene, unwrapped.inner, unwrapped.inner_len, media);
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
    if (!dossier.name_done && quic.may_carry_hello()) read_quic(scene);
    datagram.direction = scene.direction();
  }
  proto::rtp::Header rtp;
  if (datagram.kind == proto::CallProtocol::rtp &&
      proto::rtp::parse(datagram.inner, datagram.inner_len, rtp) != ParseStatus::not_this)
    datagram.rtp = &rtp;
  ask_datagram(scene, datagram);
  // A QUIC hello may be spread over datagrams that interest no classifier.
  if (dossier.open == 0 && dossier.hello == flow::kNone) dossier.name_done = true;
  if (dossier.has_call) scene.record.watch = true;
  if (dossier.has_call || unwrapped.is_stun || started) open_setup(scene);
  if (dossier.setup != flow::kNone) note_setup(scene, unwrapped, media);
  return started;
}

bool Engine::on_inspected_udp(Scene& scene) {
  if (scene.uses_port(proto::dns::kPort)) {
    read_dns(scene, false, scene.packet.payload);
    return false;
  }
  bool media = false;
  if (scene.record.framed) {
    const bool started = note_framed(scene, media);
    if (!media) note_unframed(scene);
    return started;
  }
  constexpr unsigned kRtpVersion = 2;
  if (scene.packet.payload.u8(0) >> 6 != kRtpVersion && is_curious(scene.record)) {
    ++dossiers_[scene.record.dossier].between_media;
    return on_udp(scene);
  }
  const bool tracked =
      scene.record.dossier != flow::kNone && dossiers_[scene.record.dossier].setup != flow::kNone;
  if (!tracked && !may_hold_media(scene.packet.payload)) return false;
  Unwrapped unwrapped;
  unwrap(scene.packet.payload, scene.packet.payload_len, unwrapped);
  const bool bare_stun = unwrapped.is_stun && !unwrapped.relayed;
  const bool started = !bare_stun && note_media(scene, unwrapped.inner, unwrapped.inner_len, media);
  if (tracked) note_setup(scene, unwrapped, media);
  return started;
}

bool Engine::note_media(Scene& scene, ByteView payload, std::size_t wire_len, bool& media) {
  if (scene.record.framed) return note_framed(scene, media);
  if (proto::demultiplex(payload) != proto::CallProtocol::rtp) return false;
  const bool started = note_rtp(scene.record, scene.from, payload, wire_len, scene.packet.ts_ns);
  media = scene.record.tracker != flow::kNone && media_[scene.record.tracker].flowing();
  return started;
}

bool Engine::note_framed(Scene& scene, bool& is_media) {
  flow::FlowRecord& record = scene.record;
  Media media;
  const Unframe unframe = dossiers_[record.dossier].unframe;
  if (!unframe(scene.packet.payload, scene.packet.payload_len, media)) return false;
  is_media = !media.rtp.empty() || media.opaque_len != 0;
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
  if (proto::rtp::parse(payload, wire_len, header) == ParseStatus::not_this) {
    note_report(record, from, payload, wire_len, ts_ns);
    return false;
  }
  if (record.tracker == flow::kNone) record.tracker = media_.take();
  if (!media_[record.tracker].update(from, header, ts_ns)) return false;
  record.watch = true;
  return true;
}

// RTCP between the RTP of a flow.
void Engine::note_report(flow::FlowRecord& record, flow::Side from, ByteView payload,
                         std::size_t wire_len, std::int64_t ts_ns) {
  if (record.dossier == flow::kNone || proto::demultiplex(payload) != proto::CallProtocol::rtcp)
    return;
  const std::uint32_t setup = dossiers_[record.dossier].setup;
  if (setup != flow::kNone) setups_[setup].rtcp(from, payload, wire_len, ts_ns);
}

flow::SetupTrack& Engine::open_setup(Scene& scene) {
  Dossier& dossier = dossiers_[scene.record.dossier];
  if (dossier.setup == flow::kNone) {
    dossier.setup = setups_.take();
    if (calls_ != nullptr) calls_->may_be_call(scene.key, scene.record.ts_first_ns);
  }
  return setups_[dossier.setup];
}

// Text over TCP only: datagrams have no messages that could be told from keep-alives.
void Engine::open_chat(Scene& scene, std::uint32_t classifier) {
  Dossier& dossier = dossiers_[scene.record.dossier];
  if (dossier.chat != flow::kNone || calls_ == nullptr ||
      scene.record.proto != wire::ip_proto::kTcp)
    return;
  dossier.chat = chats_.take();
  Chat& chat = chats_[dossier.chat];
  chat.number =
      calls_->chat_begins(scene.client(), classifier, chat.track, scene.record.ts_first_ns);
  scene.record.watch = true;
}

void Engine::note_chat(const Scene& scene) {
  const std::uint32_t chat = dossiers_[scene.record.dossier].chat;
  if (chat == flow::kNone) return;
  chats_[chat].track.add(scene.direction() == Direction::up, scene.packet.payload_len,
                         scene.packet.ts_ns);
}

void Engine::tell_session(const flow::SetupTrack& setup) {
  if (calls_ != nullptr && setup.ice_session() != 0) calls_->ice_session(setup.ice_session());
}

// `media`: the datagram was counted as media.
void Engine::note_setup(Scene& scene, const Unwrapped& unwrapped, bool media) {
  const Dossier& dossier = dossiers_[scene.record.dossier];
  flow::SetupTrack& setup = setups_[dossier.setup];
  const bool session_known = setup.ice_session() != 0;
  const std::int64_t now = scene.packet.ts_ns;
  setup.came(scene.from, scene.packet.ttl);
  if (dossier.signals_calls && calls_ != nullptr) calls_->signalling(scene.packet);
  if (unwrapped.is_stun && !unwrapped.relayed) {
    setup.stun(scene.from, unwrapped.stun, now, scene.packet.frame);
    if (!session_known) tell_session(setup);
    return;
  }
  if (media) return;
  const proto::CallProtocol kind = proto::demultiplex(unwrapped.inner);
  if (unwrapped.relayed && kind == proto::CallProtocol::stun) {
    proto::stun::Message check;
    if (proto::stun::parse(unwrapped.inner, unwrapped.inner_len, check) != ParseStatus::not_this)
      setup.relayed_check(check);
    if (!session_known) tell_session(setup);
  }
  switch (kind) {
    case proto::CallProtocol::dtls:
      return setup.dtls(scene.from, unwrapped.inner, now, scene.packet.frame);
    case proto::CallProtocol::rtcp:
      return setup.rtcp(scene.from, unwrapped.inner, unwrapped.inner_len, now);
    default:
      return setup.other(scene.from, now);
  }
}

// A datagram of an application's own framing that carries no media.
void Engine::note_unframed(Scene& scene) {
  if (dossiers_[scene.record.dossier].setup == flow::kNone) return;
  Unwrapped unwrapped;
  unwrap(scene.packet.payload, scene.packet.payload_len, unwrapped);
  note_setup(scene, unwrapped, false);
}

}  // namespace deadair::classify
