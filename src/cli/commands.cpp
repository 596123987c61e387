// Opens source and outputs, runs the pipeline between them, and tells how it ended.
#include "cli/commands.hpp"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <optional>

#include <fmt/format.h>

#include "capture/open.hpp"
#include "cli/evidence.hpp"
#include "cli/help.hpp"
#include "cli/interrupt.hpp"
#include "cli/outputs.hpp"
#include "cli/progress.hpp"
#include "pipeline/run.hpp"
#include "report/finding_tally.hpp"
#include "report/human.hpp"
#include "report/text_layout.hpp"
#include "report/utf8.hpp"

namespace deadair::cli {
namespace {

constexpr int kDone = 0;
constexpr int kInterference = 1;
constexpr int kReadInPart = 3;

class SourceNames final : public report::InputNames {
 public:
  explicit SourceNames(const capture::PacketSource& source) : source_(source) {}

  [[nodiscard]] std::string_view name(std::uint32_t input) const override {
    const auto& inputs = source_.inputs();
    return input < inputs.size() ? std::string_view(inputs[input].name) : "?";
  }

 private:
  const capture::PacketSource& source_;
};

// The wall clock's end of a live run (--duration).
class Deadline {
 public:
  explicit Deadline(std::optional<double> seconds) {
    if (seconds)
      end_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(Seconds(*seconds));
  }
  [[nodiscard]] bool reached() const { return end_ && Clock::now() >= *end_; }

 private:
  using Clock = std::chrono::steady_clock;
  using Seconds = std::chrono::duration<double>;
  std::optional<Clock::time_point> end_;
};

std::unique_ptr<capture::PacketSource> open_source(const Options& options) {
  if (options.command == Command::read) {
    return capture::open_files(options.files, {options.filter, options.max_packets});
  }
  capture::LiveOptions live;
  live.interface = options.interface;
  live.bpf = options.filter;
  live.max_packets = options.max_packets;
  live.promiscuous = options.promiscuous;
  if (options.snap_length) live.snaplen = *options.snap_length;
  if (options.buffer_mib) live.buffer_mib = *options.buffer_mib;
  return capture::open_live(live);
}

// As tcpdump ends: how much there was, and whether any was lost.
void say_summary(const pipeline::RunResult& result, const capture::PacketSource& source) {
  std::uint64_t kernel = 0;
  std::uint64_t interface = 0;
  for (const capture::InputSummary& input : source.inputs()) {
    kernel += input.kernel_drops.value_or(0);
    interface += input.interface_drops.value_or(0);
  }
  fmt::print(stderr, "{}, {}, {} dropped by the kernel, {} by the interface\n",
             report::plural(result.packets, "packet"), report::plural(result.flows, "flow"),
             report::human_count(kernel), report::human_count(interface));
}

int run_pipeline(const Options& options) {
  const bool live = options.command == Command::live;
  const auto source = open_source(options);
  const SourceNames names(*source);
  Outputs outputs(options, names);
  const Deadline deadline(options.duration_s);
  pipeline::RunResult result;
  report::FindingTally tally(outputs.sink());
  {
    const Interrupt interrupt(*source);
    ProgressLine line(options.progress && !options.quiet && !outputs.streams_to_terminal(), live);
    result = pipeline::run(*source, options.run, tally, [&](const pipeline::Progress& progress) {
      line.update(progress);
      if (deadline.reached()) source->request_stop();
      return !outputs.all_readers_gone();
    });
  }
  for (const std::string& problem : result.problems) {
    fmt::print(stderr, "deadair: {}\n", report::printable(problem));
  }
  if (live && !options.quiet && !outputs.shows_page()) say_summary(result, *source);
  const bool shown =
      outputs.evidence() == nullptr || write_evidence(options, *outputs.evidence(), *source);
  if (!result.problems.empty() || !shown) return kReadInPart;
  return options.exit_code && tally.alarming() ? kInterference : kDone;
}

int list_interfaces() {
  constexpr std::size_t kNameWidth = 16;
  for (const capture::InterfaceInfo& interface : capture::list_interfaces()) {
    std::string about = interface.up ? "up" : "down";
    for (const std::string& address : interface.addresses) about += fmt::format("  {}", address);
    if (!interface.description.empty()) about += fmt::format("  ({})", interface.description);
    fmt::print("{}  {}\n", report::pad_right(report::printable(interface.name), kNameWidth),
               report::printable(about));
  }
  return kDone;
}

}  // namespace

int run_command(const Options& options) {
  // A closed pipe is told by write(), where it can be told apart.
  std::signal(SIGPIPE, SIG_IGN);
  switch (options.command) {
    case Command::help:
      fmt::print("{}", help_text());
      return kDone;
    case Command::version:
      fmt::print("{}", version_text());
      return kDone;
    case Command::list_interfaces:
      return list_interfaces();
    case Command::read:
    case Command::live:
      break;
  }
  return run_pipeline(options);
}

}  // namespace deadair::cli
