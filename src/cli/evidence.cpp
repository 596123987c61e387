// Gives the excerpt its sources, which end at a signal as the run itself does.
#include "cli/evidence.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "capture/open.hpp"
#include "cli/interrupt.hpp"
#include "pipeline/evidence_file.hpp"
#include "report/human.hpp"
#include "report/utf8.hpp"

namespace deadair::cli {
namespace {

// A source that a signal ends.
class Interruptible final : public capture::PacketSource {
 public:
  explicit Interruptible(std::unique_ptr<capture::PacketSource> source)
      : source_(std::move(source)), interrupt_(*source_) {}

  std::size_t next(std::span<wire::RawPacket> out) override { return source_->next(out); }
  [[nodiscard]] bool ended() const override { return source_->ended(); }
  [[nodiscard]] const std::vector<capture::InputSummary>& inputs() const override {
    return source_->inputs();
  }
  void request_stop() override { source_->request_stop(); }
  [[nodiscard]] std::uint64_t bytes_total() const override { return source_->bytes_total(); }

 private:
  std::unique_ptr<capture::PacketSource> source_;
  Interrupt interrupt_;
};

// The options without which the excerpt would read otherwise.
std::string hint(const Options& options) {
  std::string out;
  for (const IpPrefix& net : options.run.public_nets)
    out += fmt::format("{}--public-net {}/{}", out.empty() ? "" : " ", to_string(net.address),
                       net.bits);
  for (const std::string& file : options.watch_files)
    out += fmt::format("{}--watch {}", out.empty() ? "" : " ", file);
  return out;
}

void say(const std::string& line) { fmt::print(stderr, "deadair: {}\n", report::printable(line)); }

std::string left_out(const pipeline::EvidenceResult& result) {
  if (result.calls_left_out == 0) return {};
  return fmt::format("; {} left out for want of room",
                     report::plural(result.calls_left_out, "call"));
}

}  // namespace

bool write_evidence(const Options& options, const pipeline::EvidenceNotes& notes,
                    const capture::PacketSource& source) {
  const auto request =
      std::find_if(options.outputs.begin(), options.outputs.end(),
                   [](const OutputRequest& each) { return each.format == kEvidence; });
  pipeline::EvidenceRequest wanted;
  wanted.path = request->path;
  wanted.run = options.run;
  wanted.reading = {options.filter, options.max_packets};
  wanted.hint = hint(options);
  wanted.open = [](const std::vector<std::string>& files, const capture::ReadOptions& reading) {
    return std::make_unique<Interruptible>(capture::open_files(files, reading));
  };
  wanted.interrupted = &Interrupt::came;
  const pipeline::EvidenceResult result = pipeline::write_evidence(notes, source.inputs(), wanted);
  if (!result.written) {
    say(result.problem);
    return false;
  }
  if (!result.notice.empty()) say(result.notice);
  if (options.quiet) return true;
  if (result.packets == 0)
    say(fmt::format("{}: no packets, for there is no finding and no call", request->path));
  else
    say(fmt::format("{}: {}, {} of them with comments{}", request->path,
                    report::plural(result.packets, "packet"), report::human_count(result.named),
                    left_out(result)));
  return true;
}

}  // namespace deadair::cli
