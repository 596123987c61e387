// Reads each file up to its first packet; of the ten thousandth file as little as of the first.
#include "capture/input_scan.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "bytes/error.hpp"
#include "capture/file_format.hpp"

namespace deadair::capture {
namespace {

class Scanner {
 public:
  Scanner(const std::vector<std::string>& paths, const std::atomic<bool>& stop)
      : paths_(paths), stop_(stop), accounted_(paths.size()) {}

  InputScan run() {
    const InputList list = list_inputs(paths_);
    result_.skipped_files = list.not_regular;
    for (const InputPath& path : list.files) look_at(path);
    refuse_empty_directories();
    refuse_all_unreadable();
    std::stable_sort(
        result_.waiting.begin(), result_.waiting.end(),
        [](const WaitingInput& a, const WaitingInput& b) { return a.first.ts_ns < b.first.ts_ns; });
    if (!sizes_known_) result_.bytes_total = 0;
    return std::move(result_);
  }

 private:
  void look_at(const InputPath& path) {
    try {
      if (path.name == "-" && std::exchange(stdin_used_, true))
        throw Error("-: standard input can be read only once");
      auto input = open_input(path.name, stop_);
      OpenedFile opened = open_capture(std::move(input));
      if (opened.reader)
        look_at_packets(path, std::move(opened.reader));
      else if (path.from_directory)
        ++result_.skipped_files;
      else
        refuse(path, fmt::format("{}: {}", path.name, opened.refusal));
    } catch (const Error& error) {
      refuse(path, error.what());
    }
  }

  void look_at_packets(const InputPath& path, std::unique_ptr<FileReader> reader) {
    readable_ = true;
    accounted_[path.argument] = true;
    const std::uint64_t size = reader->source().size();
    std::array<wire::RawPacket, 1> first;
    if (reader->next(first) == 0) {
      InputSummary& summary = result_.leftovers.emplace_back();
      summary.name = path.name;
      conclude(*reader, summary);
      return;
    }
    result_.bytes_total += size;
    if (size == 0) sizes_known_ = false;
    const bool again = reader->source().reopenable();
    result_.waiting.push_back({path.name, size, first[0], again ? nullptr : std::move(reader)});
  }

  void refuse(const InputPath& path, const std::string& problem) {
    accounted_[path.argument] = true;
    InputSummary& summary = result_.leftovers.emplace_back();
    summary.name = path.name;
    summary.unreadable = true;
    summary.problem = problem;
  }

  // A path that led neither to a capture nor to a complaint is a directory without captures.
  void refuse_empty_directories() {
    for (std::size_t i = 0; i < paths_.size(); ++i) {
      if (!accounted_[i])
        refuse({paths_[i], false, i}, paths_[i] + ": a directory without capture files in it");
    }
  }

  void refuse_all_unreadable() const {
    if (readable_) return;
    const auto& refused = result_.leftovers;
    if (refused.empty()) throw Error("no input: name a capture file, a directory, or - for stdin");
    if (refused.size() == 1) throw Error(refused.front().problem);
    throw Error(fmt::format("{} (nor could the {} other inputs be read)", refused.front().problem,
                            refused.size() - 1));
  }

  const std::vector<std::string>& paths_;
  const std::atomic<bool>& stop_;
  InputScan result_;
  std::vector<bool> accounted_;  // by path of the user
  bool stdin_used_ = false;
  bool readable_ = false;
  bool sizes_known_ = true;
};

}  // namespace

InputScan scan_inputs(const std::vector<std::string>& paths, const std::atomic<bool>& stop) {
  return Scanner(paths, stop).run();
}

void conclude(const FileReader& reader, InputSummary& summary) {
  summary.link_types = reader.link_types();
  summary.snaplen = reader.snaplen();
  summary.truncated = reader.truncated();
  summary.kernel_drops = reader.kernel_drops();
  summary.interface_drops = reader.interface_drops();
  if (!reader.problem().empty())
    summary.problem = fmt::format("{}: {}", summary.name, reader.problem());
}

}  // namespace deadair::capture
