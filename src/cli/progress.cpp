// Rates and remaining time from bytes read and the wall clock.
#include "cli/progress.hpp"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "report/human.hpp"
#include "report/utf8.hpp"

namespace deadair::cli {
namespace {

constexpr std::string_view kGap = "  ";
constexpr std::string_view kClearLine = "\r\x1b[K";

std::uint64_t per_second(std::uint64_t count, double seconds) {
  return seconds > 0 ? static_cast<std::uint64_t>(static_cast<double>(count) / seconds) : 0;
}

std::size_t terminal_width() {
  winsize size{};
  const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  return known ? size.ws_col - 1U : 79U;
}

}  // namespace

std::string file_progress(const pipeline::Progress& progress, double seconds) {
  using report::human_bytes;
  std::string line;
  const std::uint64_t total = progress.bytes_total;
  const std::uint64_t done = total > 0 ? std::min(progress.bytes_read, total) : progress.bytes_read;
  if (total > 0) line += fmt::format("{} %{}", done * 100 / total, kGap);
  line += human_bytes(done);
  if (total > 0) line += fmt::format(" of {}", human_bytes(total));
  line += fmt::format("{}{}/s{}{} packets/s", kGap, human_bytes(per_second(done, seconds)), kGap,
                      report::short_count(per_second(progress.packets, seconds)));
  if (total > 0 && done > 0) {
    const double left = seconds * static_cast<double>(total - done) / static_cast<double>(done);
    const auto left_ns = static_cast<std::int64_t>(std::min(left, 1e9) * 1e9);
    line += fmt::format("{}{} left", kGap, report::human_duration(left_ns));
  }
  return line;
}

std::string live_progress(const pipeline::Progress& progress, double rate) {
  return fmt::format("{}{}{}/s{}{} dropped{}{}", report::plural(progress.packets, "packet"), kGap,
                     report::short_count(static_cast<std::uint64_t>(rate)), kGap,
                     report::human_count(progress.kernel_drops), kGap,
                     report::plural(progress.flows, "flow"));
}

ProgressLine::ProgressLine(bool enabled, bool live)
    : enabled_(enabled && ::isatty(STDERR_FILENO) == 1), live_(live) {}

ProgressLine::~ProgressLine() {
  if (!drawn_) return;
  std::fputs(std::string(kClearLine).c_str(), stderr);
  std::fflush(stderr);
}

void ProgressLine::update(const pipeline::Progress& progress) {
  constexpr std::chrono::milliseconds kInterval(200);
  if (!enabled_) return;
  const Clock::time_point now = Clock::now();
  if (now - last_draw_ < kInterval) return;
  const auto seconds = [](Clock::duration d) { return std::chrono::duration<double>(d).count(); };
  const double recent =
      static_cast<double>(progress.packets - last_packets_) / seconds(now - last_draw_);
  draw(live_ ? live_progress(progress, recent) : file_progress(progress, seconds(now - start_)));
  last_draw_ = now;
  last_packets_ = progress.packets;
}

void ProgressLine::draw(const std::string& line) {
  fmt::print(stderr, "{}{}", kClearLine, report::keep_start(line, terminal_width()));
  std::fflush(stderr);
  drawn_ = true;
}

}  // namespace deadair::cli
