// Turns datagrams and stream heads into WhatsApp claims: chat hellos, relay set-up, peer checks.
#include "classify/classifier.hpp"
#include "classify/data/meta_networks.hpp"
#include "classify/network_set.hpp"
#include "whatsapp/call.hpp"
#include "whatsapp/chat.hpp"
#include "whatsapp/signatures.hpp"

namespace deadair::classifiers::whatsapp {
namespace {

using classify::Answer;
using classify::Claims;
using classify::Datagram;
using classify::FlowFacts;
using classify::Role;
using classify::StreamHead;

constexpr classify::Info kInfo = {
    .name = "whatsapp",
    .version = "whatsapp 2.0",
    .doc = "WhatsApp chat, media transfer, calls and web",
    .signals = kSignals,
    .names = kNames,
    .networks = classify::kMetaNetworks,
    .opened_s = kOpened,
    .dns_signal = &kDns,
    .network_signal = nullptr,  // the address alone does not tell which of Meta's applications
    .peer_signal = &kPeerSocket,
    .certificate_signal = &kCertificate,
    .sends_when_muted = true,
};

Answer claim_text(Claims& claims, const SignalInfo& signal, bool certain) {
  claims.add({&signal, Service::text, Role::signalling, certain, {}});
  return certain ? Answer::certain : Answer::unsure;
}

// The answer to a stream that begins with `chat`; not_for_us when that is nothing of ours.
Answer on_beginning(Chat chat, Claims& claims) {
  switch (chat) {
    case Chat::noise:
      return claim_text(claims, kTextNoise, true);
    case Chat::xmpp:
      return claim_text(claims, kTextXmpp, true);
    case Chat::routing:
      return claim_text(claims, kTextRouting, false);
    case Chat::noise_server:
      return claim_text(claims, kTextServer, false);
    case Chat::xmpp_server:
      return claim_text(claims, kTextXmppServer, true);
    case Chat::partial:
      return Answer::unsure;
    case Chat::none:
      break;
  }
  return Answer::not_for_us;
}

bool at_meta(const FlowFacts& flow) {
  static const classify::NetworkSet networks(classify::kMetaNetworks);
  return networks.contains_end_of(flow);
}

// Frames of both sides that carry this mark. A side that begins within a frame has none.
std::size_t frames_of(const StreamHead& head, FrameMark mark) {
  return count_frames(head.up, mark, kFramesEnough) + count_frames(head.down, mark, kFramesEnough);
}

// Frames without any hello. Those of today are plain lengths, which only Meta's address makes a
// sign; those of 2013 to 2017 are marked.
Answer on_middle(const FlowFacts& flow, const StreamHead& head, Claims& claims) {
  const std::size_t marked = frames_of(head, FrameMark::encrypted);
  const std::size_t plain = marked == 0 ? frames_of(head, FrameMark::plain) : 0;
  if (marked + plain == 0) return Answer::not_for_us;
  if (marked + plain < kFramesEnough) return Answer::unsure;
  if (marked != 0) claim_text(claims, kTextXmppFrames, false);
  if (plain != 0 && at_meta(flow)) claim_text(claims, kTextFrames, false);
  return Answer::not_for_us;
}

class Whatsapp final : public classify::Classifier {
 public:
  [[nodiscard]] const classify::Info& info() const override { return kInfo; }

  Answer on_datagram(const FlowFacts& flow, const Datagram& datagram,
                     Claims& claims) const override {
    return on_call_datagram(flow, datagram, claims);
  }

  Answer on_stream(const FlowFacts& flow, const StreamHead& head, Claims& claims) const override {
    // Hellos are long enough to be believed where the capture lost the handshake before them.
    if (!head.up.empty()) {
      const Answer hello = on_beginning(read_client(head.up), claims);
      if (hello != Answer::not_for_us) return hello;
    }
    const ByteView grown = head.grew == classify::Direction::up ? head.up : head.down;
    const Answer answer = on_beginning(read_server(grown), claims);
    if (answer != Answer::not_for_us || head.from_start) return answer;
    return on_middle(flow, head, claims);
  }
};

}  // namespace

const classify::Classifier& instance() {
  static const Whatsapp classifier;
  return classifier;
}

}  // namespace deadair::classifiers::whatsapp
