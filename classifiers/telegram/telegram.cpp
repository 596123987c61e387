// Turns datagrams and stream heads into Telegram claims: relays of calls, and MTProto's transports.
#include <algorithm>

#include "classify/classifier.hpp"
#include "classify/network_set.hpp"
#include "proto/demultiplex.hpp"
#include "proto/mtproto.hpp"
#include "proto/stun.hpp"
#include "telegram/reflector.hpp"
#include "telegram/signatures.hpp"

namespace deadair::classifiers::telegram {
namespace {

using classify::Answer;
using classify::Claims;
using classify::Datagram;
using classify::FlowFacts;
using classify::Glimpse;
using classify::NetworkSet;
using classify::Role;
using classify::StreamHead;
namespace mtproto = proto::mtproto;
namespace stun = proto::stun;

constexpr std::uint32_t kEnoughStun = 12;  // datagrams without a realm before the flow is given up
constexpr std::size_t kEnoughTagged = 3;   // earlier datagrams of one tag

constexpr classify::Info kInfo = {
    .name = "telegram",
    .version = "telegram 1.0",
    .doc = "Telegram chat, calls, files and web",
    .signals = kSignals,
    .names = kNames,
    .networks = kNetworks,
    .opened_s = 1'376'438'400,  // 2013-08-14
    .dns_signal = &kDns,
    .network_signal = &kNetwork,
    .peer_signal = &kPeerSocket,
    .certificate_signal = &kCertificate,
};

// ---- Calls

Answer claim_relay(Claims& claims, const SignalInfo& signal, classify::Unframe unframe) {
  claims.add({&signal, Service::call, Role::relay, true, {}, unframe});
  return Answer::certain;
}

bool names_realm(const stun::Message& message) {
  const auto realm = stun::find_attribute(message, stun::attribute::kRealm);
  return realm && realm->value.text() == kRealm;
}

// How the datagrams before this one begin, of those that went the same way.
struct Likeness {
  std::size_t same_way = 0;
  std::size_t same_call = 0;  // first 12 bytes
  std::size_t same_tag = 0;   // first 16, and not all that was kept
  std::size_t framed = 0;     // first 12, and the length field fits
};

Likeness compare(const FlowFacts& flow, const Datagram& datagram) {
  Likeness like;
  const ByteView payload = datagram.payload;
  for (const Glimpse& glimpse : flow.earlier) {
    if (glimpse.direction != datagram.direction) continue;
    ++like.same_way;
    const ByteView before = glimpse.head();
    if (!before.starts_with(payload.first(kCallTagSize).span())) continue;
    ++like.same_call;
    if (is_data_frame(before, glimpse.wire_len)) ++like.framed;
    const bool same_tag = before.starts_with(payload.first(kTagSize).span());
    if (same_tag && !before.equals(payload.first(Glimpse::kMost))) ++like.same_tag;
  }
  return like;
}

// A tag of the reflectors is random: not text, not one value, not a small number.
bool may_be_tag(ByteView payload) {
  return payload.has(0, kFrameHeader) && payload.be32(0) != 0 && payload.be32(4) != 0 &&
         payload.be32(8) != 0 && payload.be32(0) != payload.be32(4);
}

// A frame whose length fits and whose content may be STUN, DTLS or RTP.
bool holds_call_protocol(const Datagram& datagram) {
  return is_data_frame(datagram.payload, datagram.wire_len) &&
         proto::demultiplex(datagram.payload.from(kFrameHeader)) != proto::CallProtocol::other;
}

// ---- Chat

Answer claim_text(Claims& claims, const SignalInfo& signal, bool certain) {
  claims.add({&signal, Service::text, Role::signalling, certain});
  return certain ? Answer::certain : Answer::not_for_us;
}

bool is_tls(ByteView bytes) {
  return bytes.u8(0) >= 0x14 && bytes.u8(0) <= 0x17 && bytes.u8(1) == 0x03;
}

bool is_text(ByteView bytes) {
  const ByteView start = bytes.first(8);
  return std::all_of(start.begin(), start.end(), [](std::uint8_t c) {
    return (c >= 0x20 && c < 0x7f) || c == '\r' || c == '\n';
  });
}

// A message to a reflector in the first frame of a decrypted stream.
bool asks_reflector(const mtproto::Obfuscated& stream) {
  const bool abridged = stream.transport == mtproto::Transport::abridged;
  const ByteView frames = stream.frames();
  return abridged ? is_service_message(frames.from(1), frames.u8(0) * 4U)
                  : is_service_message(frames.from(4), frames.le32(0));
}

// The header says Telegram; what comes behind it, whether this is a call. They mostly come
// together.
Answer on_obfuscated(const mtproto::Obfuscated& stream, Claims& claims) {
  constexpr std::size_t kToTell = 4 + kTagSize + kServiceMarkSize + 4;
  if (stream.held < kToTell) {
    claim_text(claims, kTextHeader, false);
    return Answer::unsure;
  }
  if (!asks_reflector(stream)) return claim_text(claims, kTextObfuscated, true);
  claims.add({&kReflectorTcp, Service::call, Role::relay, true});
  return Answer::certain;
}

class Telegram final : public classify::Classifier {
 public:
  [[nodiscard]] const classify::Info& info() const override { return kInfo; }

  Answer on_datagram(const FlowFacts& flow, const Datagram& datagram,
                     Claims& claims) const override {
    if (datagram.stun != nullptr) {
      return names_realm(*datagram.stun) ? claim_relay(claims, kTurnRealm, unframe_turn)
                                         : on_channel(flow, claims);
    }
    if (is_service_message(datagram.payload, datagram.wire_len)) {
      return claim_relay(claims, kReflectorService, unframe_reflector);
    }
    if (datagram.relayed) return on_channel(flow, claims);
    if (!may_be_tag(datagram.payload)) return Answer::not_for_us;
    const Likeness like = compare(flow, datagram);
    if (like.framed > 0 && holds_call_protocol(datagram)) {
      return claim_relay(claims, kReflectorFrames, unframe_reflector);
    }
    if (like.same_tag >= kEnoughTagged && networks_.contains_end_of(flow)) {
      return claim_relay(claims, kReflectorTag, unframe_reflector);
    }
    // Every datagram of a reflector repeats the tag: the second one of a direction shows it.
    return like.same_way == like.same_call ? Answer::unsure : Answer::not_for_us;
  }

  Answer on_stream(const FlowFacts& flow, const StreamHead& head, Claims& claims) const override {
    const ByteView seen = head.up.empty() ? head.down : head.up;
    if (is_tls(seen)) return Answer::not_for_us;
    return head.up.empty() ? on_server(flow, head.down, claims) : on_client(flow, head, claims);
  }

 private:
  const NetworkSet networks_{kNetworks};

  // STUN or TURN without a realm: only the address can tell whose.
  Answer on_channel(const FlowFacts& flow, Claims& claims) const {
    if (networks_.contains_end_of(flow)) {
      claims.add({&kTurnAsk, Service::call, Role::relay, false, {}, unframe_turn});
    }
    return flow.datagrams < kEnoughStun ? Answer::unsure : Answer::not_for_us;
  }

  Answer on_client(const FlowFacts& flow, const StreamHead& head, Claims& claims) const {
    const ByteView up = head.up;
    mtproto::Stream stream;
    const ParseStatus plain = mtproto::parse_client(up, stream);
    if (plain == ParseStatus::parsed) {
      claim_text(claims, stream.proven ? kTextPlain : kTextShape, stream.proven);
      return stream.proven ? Answer::certain : Answer::unsure;  // the next message may prove it
    }
    mtproto::Obfuscated hidden;
    const ParseStatus obfuscated = mtproto::parse_obfuscated(up, hidden);
    if (obfuscated == ParseStatus::parsed) return on_obfuscated(hidden, claims);
    const bool may_come = plain == ParseStatus::truncated || obfuscated == ParseStatus::truncated;
    // No server answers to less than a header and a message.
    if (may_come && head.grew == classify::Direction::up) return Answer::unsure;
    return on_unproven(flow, up, claims);
  }

  Answer on_server(const FlowFacts& flow, ByteView down, Claims& claims) const {
    mtproto::Stream stream;
    switch (mtproto::parse_server(down, stream)) {
      case ParseStatus::parsed:
        return claim_text(claims, kTextPlain, true);
      case ParseStatus::truncated:
        return Answer::unsure;
      case ParseStatus::not_this:
        break;
    }
    return on_unproven(flow, down, claims);
  }

  // MTProto's ciphertext looks like anything; at Telegram's own addresses it is nothing else.
  Answer on_unproven(const FlowFacts& flow, ByteView seen, Claims& claims) const {
    const bool http = seen.starts_with(kHttpApi);
    if ((is_text(seen) && !http) || !networks_.contains_end_of(flow)) return Answer::not_for_us;
    return claim_text(claims, http ? kTextHttp : kTextCipher, http);
  }
};

}  // namespace

const classify::Classifier& instance() {
  static const Telegram classifier;
  return classifier;
}

}  // namespace deadair::classifiers::telegram
