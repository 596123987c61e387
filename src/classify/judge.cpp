// Decides what a flow was: gathers what speaks for each application, weighs it, and says how sure
// that makes us.
#include <algorithm>
#include <array>

#include "classify/engine.hpp"
#include "classify/scene.hpp"

namespace deadair::classify {
namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000;

// What each kind of reason weighs: only the order matters. A socket shared with a decided call
// outweighs a signature that several applications use; a name outweighs both, for it was chosen by
// the application itself.
constexpr int kCertainBytes = 100, kConfirmedName = 90, kName = 80, kSocket = 70, kSharedBytes = 60,
              kDnsName = 50, kCertificate = 48, kBehaviour = 46, kNetwork = 10;
// What only says which protocol many applications share: a proof, a claim, and RTP that flows.
constexpr int kGenericBytes = 45, kGenericClaim = 40, kGenericSocket = 42, kGenericMedia = 20;
constexpr int kCompanion = 5;  // the same client used a name of that application at the time

}  // namespace

struct Engine::Candidate {
  const SignalInfo* signal = nullptr;
  std::string_view app;
  wire::FrameRef frame;
  std::uint32_t classifier = 0;
  Service service = Service::other;
  Role role = Role::none;
  Confidence confidence = Confidence::guess;
  int weight = 0;
};

class Engine::Judge {
 public:
  Judge(Engine& engine, const flow::FlowRecord& record, const flow::FlowKey& key)
      : engine_(engine),
        record_(record),
        key_(key),
        client_(record.client_is_b ? key.b : key.a),
        server_(record.client_is_b ? key.a : key.b) {
    if (record.dossier != flow::kNone) dossier_ = &engine.dossiers_[record.dossier];
    networks_ = engine.rules_.networks_of(server_);
  }

  Decision decide() {
    gather();
    Decision decision;
    if (dossier_ != nullptr) {
      // An address without SNI gets the name its client had asked for.
      decision.host = dossier_->host.empty() ? dossier_->dns_name : dossier_->host;
      decision.ech = dossier_->ech;
      if (dossier_->web) decision.service = Service::web;
    }
    if (const Candidate* best = choose()) announce(*best, decision);
    return decision;
  }

 private:
  static constexpr std::size_t kMost = Dossier::kMostClaims + 8;

  [[nodiscard]] const Info& info(std::uint32_t classifier) const {
    return engine_.classifiers_[classifier]->info();
  }
  [[nodiscard]] bool in_networks_of(std::uint32_t classifier) const {
    return (networks_ >> classifier & 1) != 0;
  }
  [[nodiscard]] bool uses(const IpAddress& host, std::uint32_t classifier) const {
    return engine_.hosts_.used(host, classifier, record_.ts_first_ns, record_.ts_last_ns);
  }
  // Of two peers that speak over UDP either may have sent the first packet.
  [[nodiscard]] bool client_uses(std::uint32_t classifier) const {
    return uses(client_, classifier) ||
           (record_.proto == wire::ip_proto::kUdp && uses(server_, classifier));
  }
  [[nodiscard]] bool client_asked(std::uint32_t classifier) const {
    return engine_.hosts_.asked(client_, classifier, record_.ts_first_ns, record_.ts_last_ns);
  }
  void add(const Candidate& candidate) {
    if (candidate.signal != nullptr && count_ < kMost) candidates_[count_++] = candidate;
  }

  void gather() {
    if (dossier_ != nullptr) {
      for (std::size_t i = 0; i < dossier_->claim_count; ++i) weigh((*dossier_->claims)[i]);
      weigh_names();
    }
    // A flow that shows what it is has no need of its neighbours, and is often one itself.
    const bool certain =
        std::any_of(candidates_.begin(), candidates_.begin() + static_cast<std::ptrdiff_t>(count_),
                    [](const Candidate& c) { return c.weight == kCertainBytes; });
    if (record_.proto == wire::ip_proto::kUdp && !certain) weigh_sockets();
    weigh_media();
    weigh_protocol();
    weigh_network();
  }

  void weigh(const HeldClaim& claim) {
    Candidate candidate{claim.signal,  claim.app,  claim.frame,       claim.classifier,
                        claim.service, claim.role, Confidence::guess, kSharedBytes};
    if (claim.signal->rank < Rank::name) candidate.weight = kBehaviour;
    if (info(claim.classifier).generic) {
      candidate.weight = claim.certain ? kGenericBytes : kGenericClaim;
      candidate.confidence = claim.certain ? Confidence::certain : Confidence::likely;
      // What was only set-up when it was looked at is a call once media flows beside it.
      if (!claim.certain && media_flows()) candidate.service = Service::call;
    } else if (claim.certain) {
      candidate.weight = kCertainBytes;
      candidate.confidence = Confidence::certain;
    } else if (client_uses(claim.classifier)) {
      candidate.weight += kCompanion;
      candidate.confidence = Confidence::likely;
    } else if (in_networks_of(claim.classifier)) {
      candidate.confidence = Confidence::likely;
    }
    add(candidate);
  }

  // An address as SNI or Host says nothing that the packet's own address does not.
  [[nodiscard]] bool has_name() const {
    IpAddress address;
    return !dossier_->host.empty() && !parse_ip_address(dossier_->host, address);
  }

  void weigh_names() {
    const NameMatch asked =
        dossier_->dns_name.empty() ? NameMatch{} : engine_.rules_.match_name(dossier_->dns_name);
    if (!has_name()) {
      if (asked.rule != nullptr)
        add({info(asked.classifier).dns_signal, info(asked.classifier).name, dossier_->dns_frame,
             asked.classifier, asked.rule->service, Role::none, Confidence::likely, kDnsName});
      weigh_certificate();
      return;
    }
    const NameMatch said = engine_.rules_.match_name(dossier_->host);
    if (said.rule == nullptr) return;
    const bool same = asked.rule != nullptr && asked.classifier == said.classifier;
    const bool confirmed = same || in_networks_of(said.classifier);
    // A name is only the client's word. The address can be nobody's server on the Internet, or the
    // client asked for another name to get it and never for one of this application: the name is a
    // disguise, and the flow stays unknown. (A content network answers under names of its own; then
    // the application's was asked for as well.)
    const bool disguised = !dossier_->dns_name.empty() && !client_asked(said.classifier);
    const bool astray = said.rule->own_network && !client_asked(said.classifier);
    if (!confirmed && (disguised || astray || engine_.is_foreign(server_))) return;
    add({said.rule->signal, info(said.classifier).name, dossier_->host_frame, said.classifier,
         said.rule->service, Role::none, confirmed ? Confidence::certain : Confidence::likely,
         confirmed ? kConfirmedName : kName});
  }

  void weigh_certificate() {
    const NameMatch& certified = dossier_->certified;
    if (certified.rule == nullptr) return;
    add({info(certified.classifier).certificate_signal, info(certified.classifier).name,
         dossier_->certificate_frame, certified.classifier, certified.rule->service, Role::none,
         Confidence::likely, kCertificate});
  }

  // A flow that made its socket known needs no binding to itself.
  [[nodiscard]] bool proved_by(std::uint32_t classifier) const {
    for (std::size_t i = 0; dossier_ != nullptr && i < dossier_->claim_count; ++i) {
      const HeldClaim& claim = (*dossier_->claims)[i];
      if (claim.certain && claim.classifier == classifier) return true;
    }
    return false;
  }

  void weigh_sockets() {
    for (const flow::Side side : {flow::Side::a, flow::Side::b}) {
      const IpAddress& host = side == flow::Side::a ? key_.a : key_.b;
      const std::uint16_t port = side == flow::Side::a ? key_.port_a : key_.port_b;
      const CallSocket* socket =
          engine_.hosts_.socket_of(host, port, record_.ts_first_ns, record_.ts_last_ns);
      if (socket == nullptr || proved_by(socket->classifier)) continue;
      add({info(socket->classifier).peer_signal, socket->app, record_.frame_first,
           socket->classifier, Service::call, Role::peer, Confidence::likely,
           socket->generic ? kGenericSocket : kSocket});
    }
  }

  [[nodiscard]] bool media_flows() const {
    return record_.proto == wire::ip_proto::kUdp && record_.tracker != flow::kNone &&
           engine_.media_[record_.tracker].flowing();
  }

  void weigh_media() {
    const RuleIndex::MediaMatch media = engine_.rules_.media();
    if (media.signal == nullptr || !media_flows()) return;
    add({media.signal, info(media.classifier).name, record_.frame_first, media.classifier,
         Service::call, Role::none, Confidence::likely, kGenericMedia});
  }

  void weigh_protocol() {
    const RuleIndex::ProtocolMatch match = engine_.rules_.match_protocol(record_.proto);
    if (match.rule == nullptr) return;
    add({match.rule->signal, info(match.classifier).name, record_.frame_first, match.classifier,
         match.rule->service, Role::none, Confidence::certain, kCertainBytes});
  }

  void weigh_network() {
    // Errors about a packet are no use of the application.
    if (record_.proto != wire::ip_proto::kTcp && record_.proto != wire::ip_proto::kUdp) return;
    // A name that no application knows speaks against all of them.
    if (dossier_ == nullptr || has_name() || !dossier_->dns_name.empty()) return;
    for (std::uint64_t left = networks_; left != 0; left &= left - 1) {
      const auto classifier = static_cast<std::uint32_t>(__builtin_ctzll(left));
      add({info(classifier).network_signal, info(classifier).name, record_.frame_first, classifier,
           Service::web, Role::none, Confidence::guess, kNetwork});
    }
  }

  // True when `x` explains the flow better than `y`.
  [[nodiscard]] bool better(const Candidate& x, const Candidate& y) const {
    if (x.weight != y.weight) return x.weight > y.weight;
    if (x.classifier == y.classifier) return false;  // the first signal stays
    const bool open_x = was_open(info(x.classifier));
    const bool open_y = was_open(info(y.classifier));
    if (open_x != open_y) return open_x;
    if (in_networks_of(x.classifier) != in_networks_of(y.classifier))
      return in_networks_of(x.classifier);
    return info(x.classifier).opened_s > info(y.classifier).opened_s;
  }

  [[nodiscard]] bool was_open(const Info& app) const {
    const std::int64_t now = record_.ts_first_ns / kSecondNs;
    return (app.opened_s == 0 || now >= app.opened_s) && (app.closed_s == 0 || now <= app.closed_s);
  }

  [[nodiscard]] const Candidate* choose() const {
    const Candidate* best = nullptr;
    for (std::size_t i = 0; i < count_; ++i)
      if (best == nullptr || better(candidates_[i], *best)) best = &candidates_[i];
    return best;
  }

  void announce(const Candidate& best, Decision& decision) const {
    decision.app = best.app;
    decision.service = best.service;
    decision.role = best.role;
    decision.confidence = best.confidence;
    decision.rules = info(best.classifier).version;
    decision.classifier = best.classifier;
    decision.generic = info(best.classifier).generic;
    decision.sends_when_muted = info(best.classifier).sends_when_muted;
    const auto fire = [&decision](const Candidate& candidate) {
      if (decision.signal_count == Decision::kMostSignals) return;
      for (std::size_t i = 0; i < decision.signal_count; ++i)
        if (decision.signals[i].id == candidate.signal->id) return;
      decision.signals[decision.signal_count++] = {candidate.signal->id, candidate.frame};
    };
    fire(best);
    for (std::size_t i = 0; i < count_; ++i)
      if (candidates_[i].classifier == best.classifier && candidates_[i].app == best.app)
        fire(candidates_[i]);
    if (best.service == Service::call && record_.proto == wire::ip_proto::kUdp &&
        record_.tracker != flow::kNone)
      decision.media = engine_.media_[record_.tracker].kinds();
  }

  Engine& engine_;
  const flow::FlowRecord& record_;
  const flow::FlowKey& key_;
  // Of the key: a copy of what has just been put together waits for it.
  const IpAddress& client_;
  const IpAddress& server_;
  const Dossier* dossier_ = nullptr;
  std::uint64_t networks_ = 0;
  std::array<Candidate, kMost> candidates_;
  std::size_t count_ = 0;
};

bool Engine::is_foreign(const IpAddress& server) const { return is_private(server, public_nets_); }

void Engine::close(flow::FlowRecord& record, const flow::FlowKey& key) {
  if (record.dossier == flow::kNone) return;
  const Dossier& dossier = dossiers_[record.dossier];
  conclude(record);
  if (dossier.chat != flow::kNone && calls_ != nullptr)
    calls_->chat_ends(chats_[dossier.chat].number, record.ts_last_ns);
  // The call's socket was in use until now.
  const IpAddress& client = record.client_is_b ? key.b : key.a;
  const std::uint16_t port = record.client_is_b ? key.port_b : key.port_a;
  for (std::size_t i = 0; i < dossier.claim_count; ++i) {
    const HeldClaim& claim = (*dossier.claims)[i];
    if (claim.certain && claim.service == Service::call && record.proto == wire::ip_proto::kUdp)
      hosts_.learn_socket(client, port,
                          {claim.classifier, claim.app, claim.frame, record.ts_first_ns,
                           record.ts_last_ns, classifiers_[claim.classifier]->info().generic});
  }
}

Decision Engine::decide(const flow::FlowRecord& record, const flow::FlowKey& key) {
  Decision decision = Judge(*this, record, key).decide();
  if (witness_ != nullptr) decision.ndpi = witness_->name(record.label);
  return decision;
}

}  // namespace deadair::classify
