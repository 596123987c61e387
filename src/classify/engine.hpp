// Shows undecided flows to dissectors, classifiers and the witness, and decides what each flow was.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "classify/call_watch.hpp"
#include "classify/classifier.hpp"
#include "classify/dossier.hpp"
#include "classify/host_memory.hpp"
#include "classify/rule_index.hpp"
#include "classify/witness.hpp"
#include "flow/chat_track.hpp"
#include "flow/media_track.hpp"
#include "flow/record.hpp"
#include "flow/setup_track.hpp"
#include "flow/stream_head.hpp"
#include "flow/tcp_track.hpp"
#include "proto/quic_hello.hpp"
#include "wire/packet.hpp"

namespace deadair::classify {

enum class Confidence : std::uint8_t { guess, likely, certain };

struct Unwrapped;

// A text flow that is listened to, and the number under which the CallWatch knows it.
struct Chat {
  flow::ChatTrack track;
  std::uint64_t number = 0;
};

// What a flow was. Texts live as long as the engine keeps the flow.
struct Decision {
  static constexpr std::size_t kMostSignals = 4;
  struct Fired {
    std::string_view id;
    wire::FrameRef frame;
  };

  std::string_view app;  // empty when unknown
  Service service = Service::other;
  Confidence confidence = Confidence::guess;
  Role role = Role::none;
  std::uint8_t media = 0;  // flow::media_kind bits, on calls
  std::array<Fired, kMostSignals> signals;
  std::size_t signal_count = 0;
  std::string_view rules;
  std::string_view host;
  bool ech = false;
  std::string_view ndpi;
  std::uint32_t classifier = 0;   // index in all_classifiers()
  bool sends_when_muted = false;  // as in Info
  bool generic = false;           // only a protocol that many applications speak is known
};

// What open inspections may hold together; beyond that the oldest one is closed early. Most flows
// show what they are, or end, long before; what stays open for nothing are scans, and captures made
// to exhaust memory.
struct InspectionBudget {
  std::uint32_t flows = 1U << 17;
  std::uint64_t head_bytes = std::uint64_t{256} << 20;  // of the heads of streams and QUIC hellos
};

// One engine serves the whole run, in packet order: names, sockets of calls and the witness cross
// flows.
class Engine {
 public:
  // `public_nets`: private or documentation ranges that stand for the Internet here (laboratory
  // captures).
  Engine(std::span<const Classifier* const> classifiers, bool use_witness,
         std::vector<IpPrefix> public_nets, InspectionBudget budget = {},
         CallWatch* calls = nullptr);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // True when payload of the flow must still be shown to on_payload().
  [[nodiscard]] static bool wants(const flow::FlowRecord& record) {
    return !record.inspected || record.watch;
  }
  // Fetch ahead what on_payload(), or close() and decide(), will read of the flow.
  [[gnu::always_inline]] void prefetch(const flow::FlowRecord& record, flow::Side from) const {
    if (!record.inspected) {
      if (record.dossier != flow::kNone) dossiers_.prefetch(record.dossier);
    } else if (record.watch && record.tracker != flow::kNone &&
               record.proto == wire::ip_proto::kUdp) {
      media_.prefetch_pair(record.tracker, flow::MediaTrack::offset_of(from));
    }
  }
  [[gnu::always_inline]] void prefetch_ended(const flow::FlowRecord& record) const {
    if (record.dossier != flow::kNone) dossiers_.prefetch(record.dossier);
  }
  // Shows one packet with payload. `track` is the flow's, null for other transports. Returns true
  // when the flow has just turned out to carry media.
  bool on_payload(flow::FlowRecord& record, const flow::Keyed& keyed, const wire::Packet& packet,
                  const flow::TcpTrack* track);

  // Ends what is open: call once, when the flow ends, before decide().
  void close(flow::FlowRecord& record, const flow::FlowKey& key);
  // What the closed flow was, by all that is known now.
  [[nodiscard]] Decision decide(const flow::FlowRecord& record, const flow::FlowKey& key);
  // What is known of the flow's media; null when none was looked for.
  [[nodiscard]] const flow::MediaTrack* media_of(const flow::FlowRecord& record) const {
    const bool has = record.proto == wire::ip_proto::kUdp && record.tracker != flow::kNone;
    return has ? &media_[record.tracker] : nullptr;
  }
  // What was asked and answered on a flow that may belong to a call; null for other flows.
  [[nodiscard]] const flow::SetupTrack* setup_of(const flow::FlowRecord& record) const {
    if (record.dossier == flow::kNone) return nullptr;
    const std::uint32_t index = dossiers_[record.dossier].setup;
    return index == flow::kNone ? nullptr : &setups_[index];
  }
  // Where the name that Decision::host may hold was said; no frame when the flow said none.
  struct SaidName {
    NameSource source = NameSource::none;
    wire::FrameRef frame;
    std::string_view app;         // whose name it is; empty for nobody's
    std::uint32_t hello_len = 0;  // bytes of the client's first TLS record; 0: not known
  };
  [[nodiscard]] SaidName name_said(const flow::FlowRecord& record) const;
  // The name that the client had asked for when it got this address; empty when it did not.
  [[nodiscard]] std::string_view name_asked(const IpAddress& client, const IpAddress& server,
                                            std::int64_t ts_ns) const;
  // The application whose servers alone have addresses like this; empty where none is known, and
  // where the client got the address for a name. For connections that never said anything.
  [[nodiscard]] std::string_view operator_of(const IpAddress& client, const IpAddress& server,
                                             std::int64_t ts_ns) const;
  // Inspections closed early because of the budget.
  [[nodiscard]] std::uint64_t curtailed() const { return curtailed_; }
  // Frees what is kept of the flow; a Decision's texts end here.
  void forget(flow::FlowRecord& record);

  // True for an address that cannot be a public server.
  [[nodiscard]] bool is_foreign(const IpAddress& server) const;

 private:
  struct Scene;  // one packet and the flow it belongs to
  class Collector;
  struct Candidate;
  class Judge;

  bool on_tcp(Scene& scene);
  bool on_udp(Scene& scene);
  bool on_inspected_udp(Scene& scene);
  void on_inspected_tcp(Scene& scene);
  void note_tcp_setup(Scene& scene);
  bool shares_call_socket(const Scene& scene);
  flow::SetupTrack& open_setup(Scene& scene);
  void open_chat(Scene& scene, std::uint32_t classifier);
  void note_chat(const Scene& scene);
  void note_setup(Scene& scene, const Unwrapped& unwrapped, bool media);
  void note_unframed(Scene& scene);
  void tell_session(const flow::SetupTrack& setup);
  void read_names(Scene& scene, ByteView stream);
  void read_certificate(Scene& scene, ByteView stream);
  void read_quic(Scene& scene);
  void drop_hello(Dossier& dossier);
  bool read_dns(const Scene& scene, bool over_tcp, ByteView bytes);
  void ask_stream(Scene& scene, const StreamHead& head);
  void ask_datagram(Scene& scene, const Datagram& datagram);
  void hear_witness(Scene& scene);
  bool note_media(Scene& scene, ByteView payload, std::size_t wire_len, bool& media);
  bool note_framed(Scene& scene, bool& media);
  void bind(Scene& scene, const HeldClaim& claim);
  void frame(flow::FlowRecord& record, Unframe unframe);
  bool note_rtp(flow::FlowRecord& record, flow::Side from, ByteView payload, std::size_t wire_len,
                std::int64_t ts_ns);
  void note_report(flow::FlowRecord& record, flow::Side from, ByteView payload,
                   std::size_t wire_len, std::int64_t ts_ns);
  [[nodiscard]] std::string_view app_of(const NameMatch& match) const;
  void take_name(Scene& scene, std::string_view host, NameSource source);
  void reopen(Scene& scene);
  [[nodiscard]] bool is_curious(const flow::FlowRecord& record) const;
  [[nodiscard]] std::uint64_t every_classifier() const {
    const std::size_t count = classifiers_.size();
    return count == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
  }
  void finish_if_done(flow::FlowRecord& record);
  void keep_budget();
  void conclude(flow::FlowRecord& record);
  void drop_if_barren(flow::FlowRecord& record);
  void enlist(std::uint32_t index);
  void delist(const Dossier& dossier);
  void drop_working_state(Dossier& dossier);
  Dossier& open_dossier(Scene& scene);
  [[nodiscard]] FlowFacts facts_of(const Scene& scene) const;

  std::span<const Classifier* const> classifiers_;
  std::vector<IpPrefix> public_nets_;
  RuleIndex rules_;
  std::unique_ptr<Witness> witness_;
  HostMemory hosts_;
  flow::Slab<Dossier, 8> dossiers_;
  flow::Slab<flow::StreamHead, 8> heads_;
  flow::Slab<History, 8> histories_;
  flow::Slab<proto::quic::HelloAssembler, 8> hellos_;
  flow::Slab<flow::MediaTrack, 8> media_;
  flow::Slab<flow::SetupTrack, 8> setups_;
  flow::Slab<Chat, 6> chats_;
  CallWatch* calls_;
  InspectionBudget budget_;
  std::uint32_t oldest_open_ = flow::kNone;
  std::uint32_t newest_open_ = flow::kNone;
  std::uint32_t open_count_ = 0;
  std::uint64_t head_bytes_ = 0;
  std::uint64_t curtailed_ = 0;
  std::array<std::uint8_t, proto::tls::kScratchSize> scratch_{};
};

}  // namespace deadair::classify
