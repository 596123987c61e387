// The contract of an application's classifier: what it knows as data, what it sees, what it may
// answer.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "bytes/byte_view.hpp"
#include "bytes/ip_address.hpp"
#include "proto/demultiplex.hpp"
#include "proto/quic.hpp"
#include "proto/rtp.hpp"
#include "proto/stun.hpp"
#include "proto/tls.hpp"
#include "wire/raw_packet.hpp"

namespace deadair::classify {

// What a classifier says of a flow after seeing some of it.
enum class Answer : std::uint8_t {
  not_for_us,  // never this application, as far as bytes can tell: do not ask again
  unsure,      // keep asking
  certain,     // decided; nobody needs to look further
};

enum class Service : std::uint8_t { other, text, call, transfer, web, tunnel };

// How strong a kind of signal is, weakest first (docs/decisions.md has the reasons for the order).
enum class Rank : std::uint8_t {
  port,       // a port number
  prefix,     // an address of the operator
  behaviour,  // shares its local UDP port with a decided flow of the same host
  name,       // SNI, HTTP Host, or the DNS answer that led to the address
  bytes,      // a signature on the wire
};

// The part a flow plays in a call.
enum class Role : std::uint8_t { none, signalling, relay, peer };

enum class Direction : std::uint8_t { up, down };  // client to server, server to client

// A documented reason to name an application. Ids are stable: reports quote them.
struct SignalInfo {
  std::string_view id;  // "WA.RELAY.ALLOCATE"
  Rank rank;
  std::string_view doc;  // one sentence
};

// "Host names under `suffix` mean this service." The suffix matches whole labels; `label_prefix`,
// when set, must begin the first label of the name ("mmg" matches mmg.whatsapp.net and
// mmg-fna.whatsapp.net). Longest match wins. Names that only the operator's own `networks` serve
// (a site, not the content that caches everywhere hold) are `own_network`: said to another address
// and never asked of DNS, they are a disguise and claim nothing.
struct NameRule {
  std::string_view suffix;
  std::string_view label_prefix;
  Service service;
  const SignalInfo* signal;
  bool own_network = false;
};

// A network of the operator, with the date it was looked up and where: an undated prefix is no
// signal.
struct NetworkRule {
  std::string_view cidr;
  std::string_view dated;   // "2026-11-21"
  std::string_view source;  // registry or announcement
};

// "Packets of this IP protocol are this service", for protocols without ports (ESP).
struct ProtocolRule {
  std::uint8_t proto = 0;  // IANA number, neither TCP nor UDP
  Service service = Service::tunnel;
  const SignalInfo* signal = nullptr;
};

// The first bytes of an earlier datagram of a flow: what does not change from one to the next, and
// what counts up, proves many a protocol that no single datagram does.
struct Glimpse {
  static constexpr std::size_t kMost = 24;

  std::array<std::uint8_t, kMost> bytes{};
  std::uint8_t held = 0;
  Direction direction = Direction::up;
  std::uint16_t wire_len = 0;  // of the whole datagram, at most 65535

  [[nodiscard]] ByteView head() const { return ByteView(bytes).first(held); }
};

// What is known of the flow itself.
struct FlowFacts {
  std::uint8_t proto = 0;  // IANA number: TCP or UDP
  IpAddress client, server;
  std::uint16_t client_port = 0;
  std::uint16_t server_port = 0;
  std::uint32_t datagrams = 0;  // payload packets seen before this one, both directions
  // UDP: the first datagrams of the flow in order, without this one, at most kMostGlimpses.
  std::span<const Glimpse> earlier;
  bool rtp_flowing = false;  // enough packets continued an RTP stream that it is no chance
};

inline constexpr std::size_t kMostGlimpses = 12;

// One UDP datagram with payload. What TURN (ChannelData, Send and Data indications) or a Microsoft
// multiplex frame carries is `inner`; without them `inner` is the payload itself.
struct Datagram {
  ByteView payload;
  std::uint32_t wire_len = 0;
  Direction direction = Direction::up;
  wire::FrameRef frame;
  std::int64_t ts_ns = 0;
  // The STUN message the payload is, or its multiplex frame holds.
  const proto::stun::Message* stun = nullptr;
  bool multiplexed = false;  // came in a Microsoft multiplex frame (ff 10)
  bool relayed = false;      // came in ChannelData or an indication
  ByteView inner;
  std::uint32_t inner_len = 0;  // on the wire
  // What `inner` may be by its first byte. A guess that random bytes often pass.
  proto::CallProtocol kind = proto::CallProtocol::other;
  const proto::rtp::Header* rtp = nullptr;  // set when `inner` reads as RTP, by chance or not
  const proto::quic::LongHeader* quic = nullptr;
};

// Media inside an application's own framing, taken out of one datagram of a flow of it.
struct Media {
  // The RTP packet that the frame holds, if it does.
  ByteView rtp;
  std::size_t rtp_len = 0;  // on the wire
  // Otherwise: bytes of unreadable media (0: no media in this datagram), and what the framing says
  // it is (flow::media_kind bits, 0 when it does not say).
  std::size_t opaque_len = 0;
  std::uint8_t kind = 0;
};

// Looks into one datagram of `wire_len` bytes; false when it carries no media.
using Unframe = bool (*)(ByteView payload, std::size_t wire_len, Media& out);

// The first bytes of a TCP stream, in order, as far as there is no gap; called again whenever one
// side grew.
struct StreamHead {
  ByteView up, down;
  Direction grew = Direction::up;
  bool from_start = true;  // false when the capture began in the middle of the side that grew
  wire::FrameRef frame;    // the packet that made it grow
  std::int64_t ts_ns = 0;  // and its time
};

// What a classifier asserts. `app` overrides the classifier's own name, for families whose member
// the packets do not tell (`meta`). A claim that is not certain loses against a certain one.
struct Claim {
  const SignalInfo* signal = nullptr;
  Service service = Service::other;
  Role role = Role::none;
  bool certain = false;
  std::string_view app = {};
  // How media lies in the datagrams of this flow, where it is not plain RTP. The first one counts.
  Unframe unframe = nullptr;
};

// Receives claims during a call of a classifier.
class Claims {
 public:
  virtual void add(const Claim& claim) = 0;
  // Signalling announced that media of a call will use this UDP address (SDP).
  virtual void expect_media(const IpAddress& host, std::uint16_t port) {
    static_cast<void>(host), static_cast<void>(port);
  }

 protected:
  ~Claims() = default;
};

// Static description of an application.
struct Info {
  std::string_view name;     // as in the `app` field
  std::string_view version;  // "whatsapp 1.0": MAJOR changes when an answer can change
  std::string_view doc;
  std::span<const SignalInfo> signals;
  std::span<const NameRule> names;
  std::span<const NetworkRule> networks;
  // When the service opened and closed, seconds since 1970 (0: always, never): decides between
  // applications that share a wire format when nothing else does.
  std::int64_t opened_s = 0;
  std::int64_t closed_s = 0;
  const SignalInfo* dns_signal = nullptr;      // address named by a DNS answer; needs `names`
  const SignalInfo* network_signal = nullptr;  // nothing but the address; needs `networks`
  // Media without a name that shares its local UDP port with a call flow of this application.
  const SignalInfo* peer_signal = nullptr;
  // A server's certificate names a host of `names`, and nothing better is known. Needs `names`.
  const SignalInfo* certificate_signal = nullptr;
  std::span<const ProtocolRule> protocols = {};
  // What is left to say of a flow: a protocol that many applications speak. Anything an application
  // of its own has to say outweighs it.
  bool generic = false;
  // RTP flows on a UDP flow that nothing else explains. For one generic classifier.
  const SignalInfo* media_signal = nullptr;
  // An end of a call that is muted goes on sending (comfort noise, or silence): where its media
  // stops while the other's goes on, it was stopped.
  bool sends_when_muted = false;
};

class Classifier {
 public:
  virtual ~Classifier() = default;
  [[nodiscard]] virtual const Info& info() const = 0;

  // Byte signatures of UDP flows: asked for each of the first datagrams until someone is certain or
  // all say not_for_us.
  virtual Answer on_datagram(const FlowFacts& flow, const Datagram& datagram,
                             Claims& claims) const {
    static_cast<void>(flow), static_cast<void>(datagram), static_cast<void>(claims);
    return Answer::not_for_us;
  }
  // Byte signatures of TCP streams, likewise. Names (SNI, Host) are matched by the engine against
  // info().names.
  virtual Answer on_stream(const FlowFacts& flow, const StreamHead& head, Claims& claims) const {
    static_cast<void>(flow), static_cast<void>(head), static_cast<void>(claims);
    return Answer::not_for_us;
  }
};

// Every application, in the order of their names. Made by CMake from the folders under
// classifiers/.
std::span<const Classifier* const> all_classifiers();

}  // namespace deadair::classify
