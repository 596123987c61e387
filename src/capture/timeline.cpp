// Opens files in their turn and merges those that overlap.
#include "capture/timeline.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "bytes/error.hpp"
#include "capture/file_format.hpp"

namespace deadair::capture {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
constexpr std::size_t kMergeBatch = 256;
constexpr wire::LinkType kEthernet = 1;

}  // namespace

Timeline::Timeline(const std::vector<std::string>& paths, const ReadOptions& options)
    : scan_(scan_inputs(paths, stop_)),
      packets_left_(options.max_packets),
      delayed_until_(std::numeric_limits<std::int64_t>::min()) {
  if (options.bpf.empty()) return;
  filter_ = std::make_unique<BpfFilter>(options.bpf);
  prepare_filter();
}

// A mistake in the filter shall show before the first packet, not in the tenth file.
void Timeline::prepare_filter() {
  if (scan_.waiting.empty()) filter_->prepare(kEthernet);
  for (const WaitingInput& input : scan_.waiting) filter_->prepare(input.first.link);
}

std::size_t Timeline::next(std::span<wire::RawPacket> out) {
  if (packets_left_) out = out.first(std::min<std::uint64_t>(out.size(), *packets_left_));
  if (stop_.load(std::memory_order_relaxed) || out.empty()) finish();
  while (!ended_) {
    const std::size_t count = step(out);
    if (count == 0) continue;
    tally(out.first(count));
    if (packets_left_) *packets_left_ -= count;
    return count;
  }
  return 0;
}

std::size_t Timeline::step(std::span<wire::RawPacket> out) {
  if (active_.empty()) {
    if (scan_.waiting.empty())
      finish();
    else
      activate_next();
    return 0;
  }
  if (active_.size() == 1 && !active_.front()->queued()) return pass_through(*active_.front(), out);
  return merge(out);
}

// Delivers the batch as it is, up to where the next file begins.
std::size_t Timeline::pass_through(Active& only, std::span<wire::RawPacket> out) {
  const std::size_t count = read(only, out);
  if (count == 0) {
    retire(only);
    active_.clear();
    return 0;
  }
  if (scan_.waiting.empty()) return count;
  const auto batch = out.first(count);
  const auto later =
      std::find_if(batch.begin(), batch.end(),
                   [start = next_start()](const auto& packet) { return packet.ts_ns > start; });
  only.queue.assign(later, batch.end());
  only.head = 0;
  return static_cast<std::size_t>(later - batch.begin());
}

// Takes the earliest packet, again and again, until a queue has run empty: its packets must be used
// up before its reader may go on.
std::size_t Timeline::merge(std::span<wire::RawPacket> out) {
  refill_queues();
  activate_due();
  const auto later = [](const Active* a, const Active* b) {
    return a->time() != b->time() ? a->time() > b->time() : a->input > b->input;
  };
  std::vector<Active*> heap;
  heap.reserve(active_.size());
  for (const auto& active : active_) heap.push_back(active.get());
  std::make_heap(heap.begin(), heap.end(), later);
  std::size_t count = 0;
  while (count < out.size() && !heap.empty()) {
    std::pop_heap(heap.begin(), heap.end(), later);
    Active& earliest = *heap.back();
    out[count++] = earliest.queue[earliest.head++];
    if (!earliest.queued() || earliest.time() > next_start()) break;
    std::push_heap(heap.begin(), heap.end(), later);
  }
  if (active_.size() >= kMostOpen && count > 0)
    delayed_until_ = std::max(delayed_until_, out[count - 1].ts_ns);
  return count;
}

std::size_t Timeline::read(Active& active, std::span<wire::RawPacket> out) {
  for (;;) {
    const std::size_t count = active.reader->next(out);
    if (count == 0 || !filter_) return count;
    const std::size_t kept = filter_->keep(out.first(count));
    if (kept > 0 || stop_.load(std::memory_order_relaxed)) return kept;
  }
}

void Timeline::refill_queues() {
  for (auto& active : active_) {
    if (active->queued()) continue;
    active->queue.resize(kMergeBatch);
    active->queue.resize(read(*active, active->queue));
    active->head = 0;
    if (active->queued()) continue;
    retire(*active);
    active.reset();
  }
  std::erase(active_, nullptr);
}

void Timeline::activate_due() {
  while (!scan_.waiting.empty() && !active_.empty() &&
         scan_.waiting.front().first.ts_ns <= earliest()) {
    if (active_.size() >= kMostOpen) return;
    activate_next();
    refill_queues();
  }
}

void Timeline::activate_next() {
  WaitingInput input = std::move(scan_.waiting.front());
  scan_.waiting.pop_front();
  const auto number = static_cast<std::uint32_t>(inputs_.size());
  InputSummary& summary = inputs_.emplace_back();
  summary.name = input.name;
  if (input.first.ts_ns < delayed_until_)
    summary.problem = fmt::format("{}: its packets come late, as over {} inputs overlap in time",
                                  input.name, kMostOpen);
  auto active = std::make_unique<Active>();
  active->input = number;
  if (input.reader) {
    input.first.frame = {number, input.first.frame.number()};
    active->queue.push_back(input.first);
    if (filter_) active->queue.resize(filter_->keep(active->queue));
    active->reader = std::move(input.reader);
  } else {
    active->reader = open_for_good(input);
    if (!active->reader) return;
  }
  active->reader->set_input(number);
  active_.push_back(std::move(active));
}

// The file was a capture a moment ago; if it is gone or another now, its summary says so.
std::unique_ptr<FileReader> Timeline::open_for_good(WaitingInput& input) {
  InputSummary& summary = inputs_.back();
  try {
    OpenedFile opened = open_capture(open_input(input.name, stop_));
    if (opened.reader) return std::move(opened.reader);
    summary.problem = fmt::format("{}: {}", input.name, opened.refusal);
  } catch (const Error& error) {
    summary.problem = error.what();
  }
  summary.unreadable = true;
  return nullptr;
}

void Timeline::retire(Active& active) {
  InputSummary& summary = inputs_[active.input];
  conclude(*active.reader, summary);
  // A pipe given up on request may well be in the middle of a packet.
  if (stop_.load(std::memory_order_relaxed)) {
    summary.truncated = false;
    summary.problem.clear();
  }
  bytes_done_ += active.reader->source().bytes_read();
}

void Timeline::finish() {
  if (std::exchange(ended_, true)) return;
  for (const auto& active : active_) retire(*active);
  active_.clear();
  std::move(scan_.leftovers.begin(), scan_.leftovers.end(), std::back_inserter(inputs_));
}

void Timeline::tally(std::span<const wire::RawPacket> packets) {
  auto packet = packets.begin();
  while (packet != packets.end()) {
    InputSummary& summary = inputs_[packet->frame.input()];
    if (summary.packets == 0) summary.ts_first_ns = summary.ts_last_ns = packet->ts_ns;
    const auto begin = packet;
    std::uint64_t bytes = 0;
    std::int64_t first = summary.ts_first_ns;
    std::int64_t last = summary.ts_last_ns;
    for (; packet != packets.end() && packet->frame.input() == begin->frame.input(); ++packet) {
      bytes += packet->wire_len;
      first = std::min(first, packet->ts_ns);
      last = std::max(last, packet->ts_ns);
    }
    summary.packets += static_cast<std::uint64_t>(packet - begin);
    summary.bytes += bytes;
    summary.ts_first_ns = first;
    summary.ts_last_ns = last;
  }
}

// When the next file has to be opened.
std::int64_t Timeline::next_start() const {
  return scan_.waiting.empty() || active_.size() >= kMostOpen ? kNever
                                                              : scan_.waiting.front().first.ts_ns;
}

// The time of the earliest packet at hand; every active file must have one queued.
std::int64_t Timeline::earliest() const {
  const auto least =
      std::min_element(active_.begin(), active_.end(),
                       [](const auto& a, const auto& b) { return a->time() < b->time(); });
  return (*least)->time();
}

std::uint64_t Timeline::bytes_read() const {
  std::uint64_t sum = bytes_done_;
  for (const auto& active : active_) sum += active->reader->source().bytes_read();
  return sum;
}

}  // namespace deadair::capture
