// Measures the joining of calls: flows with media of which so many are live at once, from their
// beginning to the told call.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "call/joiner.hpp"
#include "call/outcome.hpp"

namespace {

using namespace deadair;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kStart = 1'700'000'000 * kSecond;
constexpr std::int64_t kTalk = 60 * kSecond;

double cpu_ns() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return 1e9 * static_cast<double>(usage.ru_utime.tv_sec) +
         1e3 * static_cast<double>(usage.ru_utime.tv_usec);
}

// Peak of the process, in bytes.
double peak() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return 1024.0 * static_cast<double>(usage.ru_maxrss);
}

class Counting final : public call::AttemptSink {
 public:
  void finished(const call::Attempt& attempt, std::int64_t known_until_ns) override {
    const call::Quality quality = call::quality_of(attempt);
    talked += attempt.talked() ? 1 : 0;
    const call::Verdict verdict =
        call::judge(attempt, quality, {kStart - kTalk, known_until_ns, true});
    connected += verdict.outcome == call::Outcome::connected ? 1 : 0;
    ++told;
  }
  std::uint64_t told = 0, talked = 0, connected = 0;
};

// Two flows a call, as relays are probed and one of them carries the media: RTP both ways.
class Calls {
 public:
  explicit Calls(std::uint32_t flows) : flows_(flows) {}

  [[nodiscard]] flow::FlowKey key(std::uint32_t i) const {
    const call::Socket from = client(i), to = server(i);
    flow::FlowKey key{from.ip, to.ip, from.port, to.port, wire::ip_proto::kUdp, 4};
    return key;
  }
  // Flows begin and end evenly spread over a minute.
  [[nodiscard]] std::int64_t begun(std::uint32_t i) const {
    return kStart + static_cast<std::int64_t>(kTalk / flows_) * i;
  }
  const call::FlowEvidence& evidence(std::uint32_t i) {
    const bool media = (i & 1U) != 0;
    flow_ = {};
    flow_.client = client(i);
    flow_.server = server(i);
    flow_.ts_first_ns = begun(i);
    flow_.ts_last_ns = begun(i) + kTalk;
    flow_.frame_first = {0, i + 1};
    flow_.app = "whatsapp";
    flow_.naming = call::Naming::certain;
    flow_.role = classify::Role::relay;
    flow_.packets = {3000, 3000};
    flow_.setup[call::kUp].requests = flow_.setup[call::kUp].allocates = 4;
    flow_.setup[call::kDown].successes = 4;
    flow_.setup[call::kDown].first_answer_ns = begun(i) + kSecond / 10;
    for (std::size_t way = 0; way < samples_.size(); ++way) {
      flow::RtpFacts& facts = samples_[way].facts;
      facts.ssrc = i * 2 + static_cast<std::uint32_t>(way);
      facts.packets = 3000;
      facts.highest = 2999;
      facts.clock = 48000;
      facts.jitter_ms = 3;
      facts.lively = true;
      facts.first_ns = begun(i) + kSecond;
      facts.last_ns = begun(i) + kTalk;
      samples_[way].up = way == call::kUp;
    }
    if (media) flow_.streams = samples_;
    flow_.community_id = "1:abcdefghijklmnopqrstuvwxyz0=";
    return flow_;
  }

 private:
  [[nodiscard]] call::Socket client(std::uint32_t i) const {
    return {IpAddress::v4(0x0a00'0000 + i / 2), 40000};
  }
  [[nodiscard]] call::Socket server(std::uint32_t i) const {
    return {IpAddress::v4(0x9df0'0000 + (i & 0xffU)), 3478};
  }

  std::uint32_t flows_;
  call::FlowEvidence flow_;
  std::array<call::StreamSample, 2> samples_;
};

struct Result {
  double begin_ns = 0, add_ns = 0, pass_ns = 0, finish_ns = 0, begin_bytes = 0, bytes = 0;
  std::uint64_t told = 0, connected = 0, curtailed = 0;
};

// All flows begin, then end one after the other, and packet time goes on with them.
Result run(std::uint32_t flows) {
  Counting sink;
  call::Joiner joiner(sink, 0x9e37'79b9'7f4a'7c15);
  Calls calls(flows);
  Result out;
  const double memory = peak();
  double mark = cpu_ns();
  const auto lap = [&](double& into) {
    const double now = cpu_ns();
    into += (now - mark) / flows;
    mark = now;
  };
  for (std::uint32_t i = 0; i < flows; ++i) joiner.begin(calls.key(i), calls.begun(i));
  lap(out.begin_ns);
  out.begin_bytes = (peak() - memory) / flows;
  constexpr std::uint32_t kBatch = 1000;
  for (std::uint32_t from = 0; from < flows; from += kBatch) {
    const std::uint32_t to = std::min(from + kBatch, flows);
    for (std::uint32_t i = from; i < to; ++i) {
      joiner.end(calls.key(i), calls.begun(i));
      joiner.add(calls.evidence(i), calls.begun(i) + kTalk);
    }
    lap(out.add_ns);
    joiner.pass_time(calls.begun(to - 1) + kTalk);
    lap(out.pass_ns);
  }
  joiner.finish(calls.begun(flows - 1) + 2 * kTalk);
  lap(out.finish_ns);
  out.bytes = (peak() - memory) / flows;
  out.told = sink.told;
  out.connected = sink.connected;
  out.curtailed = joiner.curtailed();
  return out;
}

// In a process of its own, so that its peak of memory is its own.
bool measure(std::uint32_t flows) {
  std::fflush(stdout);
  const pid_t child = fork();
  if (child < 0) return false;
  if (child == 0) {
    const Result r = run(flows);
    std::printf("%9u %8.0f %8.0f %8.0f %8.0f %8.0f %11.0f %11.0f %9llu %9llu\n", flows, r.begin_ns,
                r.add_ns, r.pass_ns, r.finish_ns, r.begin_ns + r.add_ns + r.pass_ns + r.finish_ns,
                r.begin_bytes, r.bytes, static_cast<unsigned long long>(r.told),
                static_cast<unsigned long long>(r.curtailed));
    std::fflush(stdout);
    _exit(r.connected == r.told && r.told == flows / 2 ? 0 : 1);
  }
  int status = 0;
  return waitpid(child, &status, 0) == child && status == 0;
}

}  // namespace

// usage: join_calls [flows...]; without arguments 10 k, 100 k and 1 M.
int main(int argc, char** argv) {
  std::vector<std::uint32_t> counts = {10'000, 100'000, 1'000'000};
  if (argc > 1) counts.clear();
  for (int i = 1; i < argc; ++i)
    counts.push_back(static_cast<std::uint32_t>(std::strtoul(argv[i], nullptr, 10)));
  std::puts("CPU time (ns, user) and peak memory (bytes) of one flow; two flows a call");
  std::puts(
      "    flows    begin      add     pass   finish      all  when begun  at the end      "
      "told curtailed");
  bool fine = true;
  for (const std::uint32_t flows : counts) fine = flows > 0 && measure(flows) && fine;
  if (!fine) std::puts("a call is missing, or not connected");
  return fine ? 0 : 1;
}
