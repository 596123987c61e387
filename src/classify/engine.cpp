// The life of an inspection: opened at the first payload, closed when nobody has more to say.
#include "classify/engine.hpp"

#include <random>

#include "classify/scene.hpp"

namespace deadair::classify {
namespace {

// How long byte signatures are looked for. Every known one shows within the first messages of each
// side.
constexpr std::uint32_t kMostDatagrams = 24;
constexpr std::uint32_t kMostSegments = 24;
// Of a stream on which a classifier claimed something and still waits for the rest: set-up through
// a relay takes dozens of small messages before media flows.
constexpr std::uint32_t kMostClaimed = 96;
// RTP tells who sends it at once or never. What comes between its packets may still tell, so that
// is looked at as often again as the datagrams above; the witness may have used those up.
constexpr std::uint8_t kMostMedia = 6;

}  // namespace

// Turns a classifier's claims into held ones, signed with its index and the packet.
class Engine::Collector final : public Claims {
 public:
  Collector(Engine& engine, Scene& scene, std::uint32_t classifier)
      : engine_(engine), scene_(scene), classifier_(classifier) {}

  void add(const Claim& claim) override {
    if (claim.signal == nullptr) return;
    Dossier& dossier = engine_.dossiers_[scene_.record.dossier];
    if (claim.service == Service::call) {
      dossier.has_call = true;
      if (claim.certain && claim.role == Role::signalling) dossier.signals_calls = true;
    }
    if (claim.service == Service::text) engine_.open_chat(scene_, classifier_);
    const HeldClaim held{claim.signal,        claim.app.empty() ? info().name : claim.app,
                         scene_.packet.frame, classifier_,
                         claim.service,       claim.role,
                         claim.certain};
    if (dossier.hold(held)) engine_.bind(scene_, held);
    if (claim.unframe != nullptr) engine_.frame(scene_.record, claim.unframe);
  }

  void expect_media(const IpAddress& host, std::uint16_t port) override {
    const std::int64_t now = scene_.packet.ts_ns;
    engine_.hosts_.learn_socket(
        host, port, {classifier_, info().name, scene_.packet.frame, now, now, info().generic});
  }

 private:
  [[nodiscard]] const Info& info() const { return engine_.classifiers_[classifier_]->info(); }

  Engine& engine_;
  Scene& scene_;
  std::uint32_t classifier_;
};

// The client's socket of a proved UDP call: its other flows belong to the call too.
void Engine::bind(Scene& scene, const HeldClaim& claim) {
  if (!claim.certain || claim.service != Service::call) return;
  if (scene.record.proto != wire::ip_proto::kUdp) return;
  const std::int64_t now = scene.packet.ts_ns;
  hosts_.learn_socket(scene.client(), scene.port(scene.record.client()),
                      {claim.classifier, claim.app, claim.frame, now, now,
                       classifiers_[claim.classifier]->info().generic});
}

// What was read as plain RTP before the framing was known was chance.
void Engine::frame(flow::FlowRecord& record, Unframe unframe) {
  if (record.framed || record.proto != wire::ip_proto::kUdp) return;
  record.framed = true;
  dossiers_[record.dossier].unframe = unframe;
  if (record.tracker == flow::kNone) return;
  media_.give_back(record.tracker);
  record.tracker = flow::kNone;
}

Engine::Engine(std::span<const Classifier* const> classifiers, bool use_witness,
               std::vector<IpPrefix> public_nets, InspectionBudget budget, CallWatch* calls)
    : classifiers_(classifiers),
      public_nets_(std::move(public_nets)),
      rules_(classifiers),
      witness_(use_witness ? std::make_unique<Witness>() : nullptr),
      hosts_(std::random_device{}()),
      calls_(calls),
      budget_(budget) {}

Engine::~Engine() = default;

FlowFacts Engine::facts_of(const Scene& scene) const {
  const flow::Side client = scene.record.client();
  const flow::Side server = flow::other(client);
  FlowFacts facts;
  facts.proto = scene.record.proto;
  facts.client = scene.address(client);
  facts.server = scene.address(server);
  facts.client_port = scene.port(client);
  facts.server_port = scene.port(server);
  facts.datagrams = dossiers_[scene.record.dossier].packets;
  return facts;
}

Dossier& Engine::open_dossier(Scene& scene) {
  flow::FlowRecord& record = scene.record;
  if (record.dossier != flow::kNone) return dossiers_[record.dossier];
  record.dossier = dossiers_.take();
  Dossier& dossier = dossiers_[record.dossier];
  dossier.open = every_classifier();
  dossier.witness_done = witness_ == nullptr;
  const bool a_operated = rules_.networks_of(scene.key.a) != 0;
  const bool b_operated = rules_.networks_of(scene.key.b) != 0;
  dossier.near_operator = a_operated || b_operated;
  // Where only one end is an operator's, that is the server, whoever was heard first.
  if (a_operated != b_operated)
    record.believe_client(a_operated ? flow::Side::b : flow::Side::a, flow::ClientBasis::port);
  dossier.record = &record;
  enlist(record.dossier);
  if (const KnownName* known = hosts_.name_of(scene.client(), scene.server(), scene.packet.ts_ns)) {
    dossier.dns_name = known->name;
    dossier.dns_frame = known->frame;
  }
  if (record.proto == wire::ip_proto::kUdp && shares_call_socket(scene)) {
    open_setup(scene);
    record.watch = true;
  }
  return dossier;
}

// A peer or a relay that a call tries later: what it sends may show nothing of its own.
bool Engine::shares_call_socket(const Scene& scene) {
  const std::int64_t now = scene.packet.ts_ns;
  return hosts_.socket_of(scene.key.a, scene.key.port_a, now, now) != nullptr ||
         hosts_.socket_of(scene.key.b, scene.key.port_b, now, now) != nullptr;
}

bool Engine::on_payload(flow::FlowRecord& record, const flow::Keyed& keyed,
                        const wire::Packet& packet, const flow::TcpTrack* track) {
  constexpr unsigned kRtpVersion = 2;
  const bool plain_rtp = record.inspected && record.tracker != flow::kNone && !record.framed &&
                         packet.proto == wire::ip_proto::kUdp &&
                         packet.payload.u8(0) >> 6 == kRtpVersion;
  if (plain_rtp && !note_rtp(record, keyed.from, packet.payload, packet.payload_len, packet.ts_ns))
      [[likely]]
    return false;
  Scene scene{record, keyed.key, keyed.from, packet, track};
  if (record.inspected) {
    if (packet.proto == wire::ip_proto::kTcp) {
      on_inspected_tcp(scene);
      return false;
    }
    const bool started = plain_rtp || on_inspected_udp(scene);
    if (started) reopen(scene);
    return started;
  }
  Dossier& dossier = open_dossier(scene);
  bool media = false;
  if (!dossier.bytes_done) {
    if (packet.proto == wire::ip_proto::kTcp)
      media = on_tcp(scene);
    else if (packet.proto == wire::ip_proto::kUdp)
      media = on_udp(scene);
    else
      dossier.bytes_done = true;
  } else if (record.watch) {
    if (packet.proto == wire::ip_proto::kTcp)
      on_inspected_tcp(scene);
    else
      media = on_inspected_udp(scene);
  }
  if (media && dossiers_[record.dossier].setup == flow::kNone) open_setup(scene);
  if (!dossier.witness_done) hear_witness(scene);
  ++dossier.packets;
  finish_if_done(record);
  keep_budget();
  return media;
}

// RTP turned out to flow on a flow nobody had recognised: what a classifier could not tell from the
// set-up, or from the middle of it, the media may show.
void Engine::reopen(Scene& scene) {
  flow::FlowRecord& record = scene.record;
  if (!record.inspected) return;
  if (record.dossier != flow::kNone && dossiers_[record.dossier].proved()) return;
  record.inspected = false;
  if (record.dossier == flow::kNone) {
    open_dossier(scene).witness_done = true;
    return;
  }
  Dossier& dossier = dossiers_[record.dossier];
  dossier.open = every_classifier();
  dossier.bytes_done = false;
  dossier.packets = dossier.media_shown = 0;
  enlist(record.dossier);
}

// Between the RTP of a flow nobody has recognised: set-up, keep-alives, probes of an application.
bool Engine::is_curious(const flow::FlowRecord& record) const {
  if (record.dossier == flow::kNone || record.tracker == flow::kNone) return false;
  const Dossier& dossier = dossiers_[record.dossier];
  return dossier.media_shown >= kMostMedia && dossier.open != 0 &&
         dossier.between_media < kMostDatagrams;
}

void Engine::hear_witness(Scene& scene) {
  Dossier& dossier = dossiers_[scene.record.dossier];
  constexpr unsigned kHandshake = flow::tcp_seen::kSynSeen | flow::tcp_seen::kSynAck;
  dossier.witness_done = witness_->hear(dossier.testimony, scene.packet, dossier.packets,
                                        (scene.record.seen & kHandshake) != 0, scene.record.label);
}

void Engine::ask_stream(Scene& scene, const StreamHead& head) {
  Dossier& dossier = dossiers_[scene.record.dossier];
  const FlowFacts facts = facts_of(scene);
  for (std::uint64_t open = dossier.open; open != 0; open &= open - 1) {
    const auto i = static_cast<std::uint32_t>(__builtin_ctzll(open));
    Collector claims(*this, scene, i);
    const Answer answer = classifiers_[i]->on_stream(facts, head, claims);
    if (answer != Answer::unsure) dossier.open &= ~(std::uint64_t{1} << i);
    if (answer == Answer::certain) dossier.open = 0;
    if (dossier.open == 0) return;
  }
}

void Engine::ask_datagram(Scene& scene, const Datagram& datagram) {
  Dossier& dossier = dossiers_[scene.record.dossier];
  FlowFacts facts = facts_of(scene);
  if (dossier.history != flow::kNone) {
    histories_[dossier.history].align(scene.record.client());
    facts.earlier = histories_[dossier.history].seen();
  }
  facts.rtp_flowing = scene.record.tracker != flow::kNone && media_[scene.record.tracker].flowing();
  for (std::uint64_t open = dossier.open; open != 0; open &= open - 1) {
    const auto i = static_cast<std::uint32_t>(__builtin_ctzll(open));
    Collector claims(*this, scene, i);
    const Answer answer = classifiers_[i]->on_datagram(facts, datagram, claims);
    if (answer != Answer::unsure) dossier.open &= ~(std::uint64_t{1} << i);
    if (answer == Answer::certain) dossier.open = 0;
    if (dossier.open == 0) return;
  }
  if (facts.rtp_flowing && datagram.rtp != nullptr) ++dossier.media_shown;
  if (scene.record.inspected) return;
  if (dossier.history == flow::kNone) {
    dossier.history = histories_.take();
    histories_[dossier.history].client = scene.record.client();
  }
  histories_[dossier.history].add(datagram);
}

void Engine::finish_if_done(flow::FlowRecord& record) {
  Dossier& dossier = dossiers_[record.dossier];
  std::uint32_t most = kMostDatagrams;
  if (record.proto == wire::ip_proto::kTcp)
    most = dossier.claim_count != 0 && dossier.open != 0 ? kMostClaimed : kMostSegments;
  if (!dossier.bytes_done)
    dossier.bytes_done = dossier.packets >= most || dossier.media_shown >= kMostMedia ||
                         (dossier.open == 0 && dossier.name_done);
  if (dossier.bytes_done) drop_working_state(dossier);
  if (!dossier.bytes_done || !dossier.witness_done) return;
  conclude(record);
  drop_if_barren(record);
}

// Ends the inspection, decided or not.
void Engine::conclude(flow::FlowRecord& record) {
  Dossier& dossier = dossiers_[record.dossier];
  if (record.inspected) return;
  if (!dossier.witness_done) record.label = witness_->dismiss(dossier.testimony);
  dossier.witness_done = dossier.bytes_done = true;
  record.inspected = true;
  drop_working_state(dossier);
  delist(dossier);
}

// Networks of operators matter only for flows that nothing else explains; those keep their dossier.
void Engine::drop_if_barren(flow::FlowRecord& record) {
  const Dossier& dossier = dossiers_[record.dossier];
  const bool media = record.proto == wire::ip_proto::kUdp && record.tracker != flow::kNone;
  if (!dossier.barren() || dossier.near_operator || media) return;
  dossiers_.give_back(record.dossier);
  record.dossier = flow::kNone;
}

void Engine::keep_budget() {
  while (open_count_ > budget_.flows || head_bytes_ > budget_.head_bytes) {
    flow::FlowRecord& oldest = *dossiers_[oldest_open_].record;
    conclude(oldest);
    drop_if_barren(oldest);
    ++curtailed_;
  }
}

void Engine::enlist(std::uint32_t index) {
  // A reopened one still has the neighbour it had when it closed.
  dossiers_[index].newer = flow::kNone;
  dossiers_[index].older = newest_open_;
  (newest_open_ == flow::kNone ? oldest_open_ : dossiers_[newest_open_].newer) = index;
  newest_open_ = index;
  ++open_count_;
}

void Engine::delist(const Dossier& dossier) {
  (dossier.older == flow::kNone ? oldest_open_ : dossiers_[dossier.older].newer) = dossier.newer;
  (dossier.newer == flow::kNone ? newest_open_ : dossiers_[dossier.newer].older) = dossier.older;
  --open_count_;
}

void Engine::drop_working_state(Dossier& dossier) {
  for (std::uint32_t& head : dossier.heads) {
    if (head == flow::kNone) continue;
    head_bytes_ -= heads_[head].held();
    heads_.give_back(head);
    head = flow::kNone;
  }
  drop_hello(dossier);
  if (dossier.history == flow::kNone) return;
  histories_.give_back(dossier.history);
  dossier.history = flow::kNone;
}

void Engine::forget(flow::FlowRecord& record) {
  if (record.dossier != flow::kNone) {
    Dossier& dossier = dossiers_[record.dossier];
    drop_working_state(dossier);
    if (dossier.setup != flow::kNone) setups_.give_back(dossier.setup);
    if (dossier.chat != flow::kNone) chats_.give_back(dossier.chat);
    dossiers_.give_back(record.dossier);
    record.dossier = flow::kNone;
  }
  if (record.proto == wire::ip_proto::kUdp && record.tracker != flow::kNone) {
    media_.give_back(record.tracker);
    record.tracker = flow::kNone;
  }
}

}  // namespace deadair::classify
