// Any sequence of flows, dialogs and times into the joiner, and what it tells into the judge.
#include <array>
#include <cstdlib>
#include <set>
#include <string>
#include <vector>

#include "call/joiner.hpp"
#include "call/outcome.hpp"
#include "touch.hpp"

using namespace deadair;
using call::Joiner;
using call::Socket;

namespace {

constexpr std::size_t kRoom = 6;
constexpr std::int64_t kMs = 1'000'000;
constexpr std::array<std::string_view, 4> kApps = {"whatsapp", "meta", "webrtc", "rtp"};
constexpr std::array kSteps = {1, 20, 500, 1500, 4000, 9000, 12'000, 25'000};  // ms

// Few hosts and ports, so that sockets meet: private, public, and IPv6.
Socket socket_of(std::uint8_t choice) {
  constexpr std::array<IpAddress, 4> kHosts = {
      IpAddress::v4(0x0a00'0005), IpAddress::v4(0x0a00'0006), IpAddress::v4(0x9df0'003c),
      IpAddress{0x2a00'1450'0000'0000, 9}};
  return {kHosts[choice & 3U], static_cast<std::uint16_t>(4000 + (choice >> 2 & 3U))};
}

void require(bool holds) {
  if (!holds) std::abort();
}

// Keeps what is told, and judges it.
class Told final : public call::AttemptSink {
 public:
  void finished(const call::Attempt& attempt, std::int64_t known_until_ns) override {
    require(attempt.is_call() && attempt.ts_first_ns <= attempt.ts_last_ns);
    for (const call::FlowId& flow : attempt.flows) {
      const std::string id(flow.begin(), flow.end());
      require(ids_.insert(id).second);  // no flow is part of two attempts
      summary += id;
    }
    flows += attempt.flows.size() + attempt.more_flows;
    const call::Quality quality = call::quality_of(attempt);
    for (const bool both_ways : {false, true})
      judge(attempt, quality, {0, known_until_ns, both_ways});
    summary += std::to_string(attempt.frame_first.number()) + ' ' +
               std::to_string(attempt.ts_last_ns) + ' ' + std::to_string(attempt.local.port) + '\n';
  }

  std::string summary;  // in the order in which they were told
  std::uint64_t flows = 0;

 private:
  void judge(const call::Attempt& attempt, const call::Quality& quality,
             const call::Horizon& horizon) {
    const call::Verdict verdict = call::judge(attempt, quality, horizon);
    require(verdict.reason.empty() == false || verdict.outcome == call::Outcome::connected);
    require(verdict.end_ns >= attempt.ts_first_ns && verdict.end_ns <= attempt.ts_last_ns);
    const std::int64_t length = attempt.ts_last_ns - attempt.ts_first_ns;
    const auto within = [length](const std::optional<std::int64_t>& ns) {
      return !ns || (*ns >= 0 && *ns <= length);
    };
    require(within(verdict.talk_ns) && within(verdict.setup_ns) && within(verdict.ring_ns));
    summary += verdict.reason;
  }

  std::set<std::string> ids_;
};

// One joiner under test; a second one with another seed must tell the same.
struct Run {
  explicit Run(std::uint64_t seed) : joiner(told, seed, kRoom) {}
  Told told;
  Joiner joiner;
  std::array<Joiner::Id, 4> dialogs{};
};

class Script {
 public:
  explicit Script(ByteView bytes) : reader_(bytes) {}

  [[nodiscard]] bool more() const { return reader_.left() != 0; }

  void step() {
    const std::uint8_t choice = reader_.u8();
    switch (choice & 7U) {
      case 0:
      case 1:
        return begin(choice >> 3 & 15U);
      case 2:
      case 3:
        return end(choice >> 3 & 15U, (choice & 0x80U) != 0);
      case 4:
        now_ns_ += kSteps[choice >> 3 & 7U] * kMs;
        return each([&](Run& run) { run.joiner.pass_time(now_ns_); });
      case 5:
        return open_or_join(choice >> 3 & 3U, choice >> 5 & 3U);
      case 6:
        return close(choice >> 3 & 3U);
      default:
        if ((choice & 0xf8U) != 0xf8U) return;
        return each([&](Run& run) { run.joiner.finish(now_ns_); });
    }
  }

  void finish() {
    each([&](Run& run) { run.joiner.finish(now_ns_); });
    each([&](Run& run) {
      require(run.joiner.open() == 0);
      require(run.told.flows <= added_);
    });
    require(runs_[0].told.summary == runs_[1].told.summary);
    fuzz::touch(runs_[0].told.summary);
  }

 private:
  struct Live {
    Socket client, server;
    flow::FlowKey key;
    std::int64_t ts_ns = 0;
    std::uint64_t frame = 0;
    std::uint64_t session = 0;  // of ICE
  };

  template <class Act>
  void each(Act act) {
    for (Run& run : runs_) act(run);
    for (const Run& run : runs_) require(run.joiner.open() <= kRoom);
  }

  void begin(std::size_t slot) {
    Live& live = live_[slot];
    if (live.frame != 0) return;
    const std::uint8_t client = reader_.u8();
    live.client = socket_of(client);
    live.server = socket_of(reader_.u8());
    live.session = client >> 6;
    wire::Packet packet;
    packet.src = live.client.ip;
    packet.dst = live.server.ip;
    packet.src_port = live.client.port;
    packet.dst_port = live.server.port;
    live.key = flow::key_of(packet).key;
    live.ts_ns = now_ns_;
    live.frame = ++frame_;
    each([&](Run& run) {
      run.joiner.begin(live.key, live.ts_ns);
      if (live.session != 0) run.joiner.begin_session(live.session);
    });
  }

  // A time between the flow's ends; by chance its first or last.
  std::int64_t time(const call::FlowEvidence& flow) {
    return flow.ts_first_ns + (flow.ts_last_ns - flow.ts_first_ns) * reader_.u8() / 255;
  }

  void fill(call::FlowEvidence& flow, std::size_t way) {
    const std::uint8_t what = reader_.u8();
    flow.packets[way] = what;
    flow::SetupFacts& setup = flow.setup[way];
    if ((what & 1U) != 0) setup.requests = setup.unanswered = reader_.u8();
    if (setup.unanswered != 0) setup.unanswered_from = time(flow);
    if ((what & 2U) != 0) setup.allocates = setup.requests;
    if ((what & 4U) != 0) setup.successes = 1;
    if ((what & 8U) != 0) setup.errors = setup.last_refusal = reader_.u8();
    if ((what & 12U) != 0) setup.first_answer_ns = time(flow);
    if ((what & 16U) != 0) setup.others = what;
    if ((what & 31U) != 0) setup.last_ns = flow.ts_last_ns;
    if ((what & 32U) != 0) {
      const std::int64_t from = time(flow), to = time(flow);
      flow.hidden[way] = {std::min(from, to), std::max(from, to), what, (what & 64U) != 0, 0, 0};
    }
    if ((what & 128U) == 0) return;
    call::StreamSample& stream = streams_.emplace_back();
    stream.up = way == call::kUp;
    const std::int64_t from = time(flow), to = time(flow);
    stream.facts.first_ns = std::min(from, to);
    stream.facts.last_ns = std::max(from, to);
    stream.facts.ssrc = reader_.u8() & 3U;
    stream.facts.packets = stream.facts.highest = what;
    stream.facts.lively = (what & 64U) != 0;
  }

  void end(std::size_t slot, bool is_call) {
    Live& live = live_[slot];
    if (live.frame == 0) return;
    each([&](Run& run) { run.joiner.end(live.key, live.ts_ns, live.session); });
    const Live flow = live;
    live = {};
    if (!is_call) return;
    const std::uint8_t choice = reader_.u8();
    call::FlowEvidence evidence;
    evidence.client = flow.client;
    evidence.server = flow.server;
    evidence.tcp = (choice & 1U) != 0;
    evidence.app = kApps[choice >> 1 & 3U];
    evidence.naming = static_cast<call::Naming>(choice >> 3 & 3U);
    evidence.role = static_cast<classify::Role>(choice >> 5 & 3U);
    evidence.ts_first_ns = flow.ts_ns;
    evidence.ts_last_ns = now_ns_;
    evidence.frame_first = {0, flow.frame};
    evidence.ice_session = flow.session;
    streams_.clear();
    for (const std::size_t way : {call::kUp, call::kDown}) fill(evidence, way);
    evidence.streams = streams_;
    std::string id = std::to_string(flow.frame);
    id.resize(call::FlowId().size(), '.');
    evidence.community_id = id;
    ++added_;
    const std::uint8_t dialog = reader_.u8();
    each([&](Run& run) {
      if ((dialog & 0x80U) != 0)
        run.joiner.add_to(run.dialogs[dialog & 3U], evidence, now_ns_);
      else
        run.joiner.add(evidence, now_ns_);
    });
  }

  void open_or_join(std::size_t slot, std::size_t other) {
    if (slot != other)
      return each([&](Run& run) { run.joiner.join_legs(run.dialogs[slot], run.dialogs[other]); });
    const Socket caller = socket_of(reader_.u8());
    ++frame_;
    each([&](Run& run) {
      run.dialogs[slot] = run.joiner.open_dialog(caller, "sip", now_ns_, {0, frame_});
    });
  }

  void close(std::size_t slot) {
    const std::uint8_t what = reader_.u8();
    call::Dialog how;
    how.rang = (what & 1U) != 0;
    how.answered = (what & 2U) != 0;
    how.refused = (what & 4U) != 0;
    how.cancelled = (what & 8U) != 0;
    how.unanswered = (what & 16U) != 0;
    how.failed = (what & 32U) != 0;
    const std::array<Socket, 2> media = {socket_of(reader_.u8()), socket_of(reader_.u8())};
    each([&](Run& run) {
      run.joiner.close_dialog(run.dialogs[slot], how, {media[0], false, 1, 1}, now_ns_, media,
                              now_ns_);
    });
  }

  ByteReader reader_;
  std::array<Run, 2> runs_ = {Run(1), Run(0x9e37'79b9'7f4a'7c15)};
  std::array<Live, 16> live_;
  std::vector<call::StreamSample> streams_;
  std::int64_t now_ns_ = 1'700'000'000'000 * kMs;
  std::uint64_t frame_ = 0;
  std::uint64_t added_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Script script(ByteView(data, size));
  while (script.more()) script.step();
  script.finish();
  return 0;
}
