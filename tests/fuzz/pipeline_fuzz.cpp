// Any bytes as a capture file through the whole pipeline: every frame must come out exactly once.
#include <cstdio>
#include <cstdlib>

#include "capture/file_format.hpp"
#include "pipeline/run.hpp"
#include "touch.hpp"

using namespace deadair;

namespace {

// One file in memory as the only input of a run.
class MemorySource final : public capture::PacketSource {
 public:
  explicit MemorySource(ByteView bytes)
      : inputs_(1), opened_(capture::open_capture(capture::memory_input(bytes), kWindow)) {}

  std::size_t next(std::span<wire::RawPacket> out) override {
    // Packed zeros may go on for ever.
    const std::size_t count =
        opened_.reader && packets_ < kMostPackets ? opened_.reader->next(out) : 0;
    ended_ = count == 0;
    packets_ += count;
    return count;
  }
  [[nodiscard]] bool ended() const override { return ended_; }
  [[nodiscard]] const std::vector<capture::InputSummary>& inputs() const override {
    return inputs_;
  }
  [[nodiscard]] std::uint64_t packets() const { return packets_; }

 private:
  static constexpr std::size_t kWindow = 4096;
  static constexpr std::uint64_t kMostPackets = 20'000;

  std::vector<capture::InputSummary> inputs_;
  capture::OpenedFile opened_;
  std::uint64_t packets_ = 0;
  bool ended_ = false;
};

// Reads every text of a record and adds up the packets.
class Counter final : public report::Sink {
 public:
  [[nodiscard]] bool complete() const override { return true; }
  void flow(const report::Flow& flow) override {
    for (const std::string_view text :
         {flow.community_id, flow.app, flow.rules, flow.host, flow.ndpi, flow.tcp_state})
      fuzz::touch(text);
    for (const report::Signal& signal : flow.signals) fuzz::touch(signal.id);
    packets += flow.packets_up + flow.packets_down;
    ++flows;
    if (flow.ts_last_ns < flow.ts_first_ns) std::abort();
  }
  void call(const report::Call& call) override {
    for (const std::string_view text : {call.app, call.reason}) fuzz::touch(text);
    for (const std::string_view text : call.flows) fuzz::touch(text);
    if (call.ts_end_ns < call.ts_start_ns) std::abort();
  }
  void capture(const report::Capture& capture) override {
    for (const auto& [reason, count] : capture.undecoded) packets += count;
  }
  void finish(const report::Summary& summary) override {
    if (summary.flows != flows) std::abort();
  }

  std::uint64_t packets = 0;
  std::uint64_t flows = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const std::uint64_t max_flows : {4ULL, 1'000'000ULL}) {
    MemorySource source(ByteView(data, size));
    Counter sink;
    pipeline::RunOptions options;
    options.witness = false;  // nDPI is not ours to fuzz, and starting it takes longer than a run
    options.max_flows = max_flows;
    pipeline::run(source, options, sink, [](const pipeline::Progress&) { return true; });
    if (sink.packets != source.packets()) {
      std::fprintf(stderr, "%llu packets read, %llu told\n",
                   static_cast<unsigned long long>(source.packets()),
                   static_cast<unsigned long long>(sink.packets));
      std::abort();
    }
  }
  return 0;
}
