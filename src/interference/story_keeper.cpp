// Keeps the packets around the tear-down of a TCP flow, and where it stood when a side fell silent.
#include "interference/story_keeper.hpp"

#include <algorithm>
#include <utility>

#include "interference/tcp_story.hpp"

namespace deadair::interference {

void StoryKeeper::clear() {
  sides_ = {};
  count_ = 0;
  first_count_ = after_count_ = 0;
  torn_by_rst_ = past_fin_ = steady_ = false;
  end_ns_ = 0;
  if (fell_silent_) silence_.clear();
  fell_silent_ = false;
}

void StoryKeeper::keep_before(const PacketMark& mark, std::uint32_t at) {
  Side& side = sides_[mark.from_client ? 1 : 0];
  const std::size_t place = side.passed++ % kBefore;
  side.at[place] = at;
  before_[mark.from_client ? 1 : 0][place] = mark;
}

// The mark that stands for a burst grows to its end.
void StoryKeeper::settle_bursts() {
  if (!steady_) return;
  for (std::size_t s = 0; s < 2; ++s) {
    Side& side = sides_[s];
    const std::size_t newest = (side.passed - 1) % kBefore;
    if (side.passed == 0 || side.at[newest] == side.last_at) continue;
    PacketMark& mark = before_[s][newest];
    if (mark.data()) mark.payload_len = side.next - mark.seq;
    side.at[newest] = side.last_at;
  }
}

void StoryKeeper::add(const PacketMark& mark) {
  settle_bursts();
  torn_by_rst_ = torn_by_rst_ || mark.rst();
  follow_silence(mark);
  keep(mark);
  advance(mark);
  follow_fin(mark);
  ++count_;
  steady_ = first_count_ == kFirst && after_count_ == 0 && !silent() && sides_[0].known &&
            sides_[1].known && !sides_[0].finished && !sides_[1].finished;
}

void StoryKeeper::keep(const PacketMark& mark) {
  if (first_count_ == kFirst && after_count_ == 0 && !mark.rst() && !mark.fin()) {
    keep_before(mark, count_);
    return;
  }
  ++sides_[mark.from_client ? 1 : 0].apart;
  if (first_count_ < kFirst) {
    PacketMark& place = first_[first_count_++];
    if (&place != &mark) place = mark;
    return;
  }
  const bool first_rst =
      mark.rst() && std::none_of(after_.begin(), after_.begin() + after_count_,
                                 [](const PacketMark& kept) { return kept.rst(); });
  if (first_rst) {
    for (std::size_t i = 0; i < after_count_; ++i) {
      --sides_[after_[i].from_client ? 1 : 0].apart;
      keep_before(after_[i], after_at_[i]);
    }
    after_count_ = 0;
  }
  if (after_count_ == 0) end_ns_ = mark.ts_ns + kRaceWindow;
  if (after_count_ == kAfter || mark.ts_ns > end_ns_) return;
  after_at_[after_count_] = count_;
  after_[after_count_++] = mark;
}

// RFC 9293 section 3.8.4: a keep-alive probe lies one below what its sender sends next.
bool StoryKeeper::repeats(const PacketMark& mark) const {
  const Side& side = sides_[mark.from_client ? 1 : 0];
  if (!side.known || mark.rst() || side.next - mark.seq - 1 >= kFarthest) return false;
  return mark.syn() || mark.fin() || mark.data() || mark.seq + 1 == side.next;
}

void StoryKeeper::advance(const PacketMark& mark) {
  Side& side = sides_[mark.from_client ? 1 : 0];
  side.last_at = count_;
  if (mark.rst()) return;
  if (side.first_ns == 0) side.first_ns = mark.ts_ns;
  side.last_ns = mark.ts_ns;
  side.largest = std::max(side.largest, mark.payload_len);
  if (!side.known || mark.seq_end() - side.next < kFarthest) side.next = mark.seq_end();
  side.known = true;
}

// RFC 9293 section 3.10.4: nothing follows a FIN but what lies before it.
void StoryKeeper::follow_fin(const PacketMark& mark) {
  Side& side = sides_[mark.from_client ? 1 : 0];
  if (side.finished && mark.data()) {
    const std::uint32_t end = mark.seq + mark.payload_len;
    past_fin_ = past_fin_ || (end != side.fin_seq && end - side.fin_seq < kFarthest);
  }
  if (!mark.fin() || mark.rst() || side.finished) return;
  side.finished = true;
  side.fin_seq = mark.seq + mark.payload_len;
}

void StoryKeeper::follow_silence(const PacketMark& mark) {
  const bool again = repeats(mark);
  if (silent()) {
    silence_.follow(mark, again);
    return;
  }
  if (!again) return;
  const auto standing = standing_before(mark);
  if (!standing.heard_any && !mark.syn()) return;
  silence_.begin(mark, standing);
  fell_silent_ = true;
}

// The kept packets of one side but RSTs, oldest first, with their places in the flow.
template <typename Visit>
void StoryKeeper::visit(bool client, Visit visit) const {
  const auto show = [&](const PacketMark& mark, std::uint32_t at) {
    if (mark.from_client == client && !mark.rst()) visit(mark, at);
  };
  for (std::uint32_t i = 0; i < first_count_; ++i) show(first_[i], i);
  const Side& side = sides_[client ? 1 : 0];
  for (std::uint32_t i = side.passed - std::min<std::uint32_t>(side.passed, kBefore);
       i != side.passed; ++i)
    show(before_[client ? 1 : 0][i % kBefore], side.at[i % kBefore]);
  for (std::uint32_t i = 0; i < after_count_; ++i) show(after_[i], after_at_[i]);
}

StoryKeeper::Last StoryKeeper::last_of(bool client) const {
  Last last;
  visit(client, [&](const PacketMark& mark, std::uint32_t at) { last = {&mark, at}; });
  return last;
}

const PacketMark* StoryKeeper::sent_first(bool by_client, std::uint32_t seq) const {
  const PacketMark* found = nullptr;
  visit(by_client, [&](const PacketMark& mark, std::uint32_t) {
    if (found == nullptr && mark.seq == seq && (mark.data() || mark.syn() || mark.fin()))
      found = &mark;
  });
  return found;
}

SilenceKeeper::Standing StoryKeeper::standing_before(const PacketMark& repeat) const {
  const bool asker = repeat.from_client;
  SilenceKeeper::Standing out;
  const Last last = last_of(!asker);
  if (last.mark != nullptr) {
    out.heard = *last.mark;
    out.heard_any = true;
    out.heard_at = last.at;
  }
  out.repeat_at = count_;
  out.packets = {packets(!asker), packets(asker)};
  out.mute_next = next_of(!asker);
  out.asked = repeat.seq;
  if (out.heard_any && out.heard.acks()) out.asked = out.heard.ack;
  visit(asker, [&](const PacketMark& mark, std::uint32_t) {
    if (mark.data() && mark.seq - out.asked < kFarthest)
      out.least = std::min(out.least, mark.payload_len);
  });
  if (const PacketMark* first = sent_first(asker, out.asked))
    out.original = {first->frame, first->ts_ns, first->seq, first->payload_len};
  return out;
}

std::size_t StoryKeeper::assemble(std::vector<PacketMark>& out) const {
  std::vector<std::pair<std::uint32_t, const PacketMark*>> kept;
  bool left_out = false;
  for (std::size_t s = 0; s < 2; ++s) {
    const std::uint32_t passed = sides_[s].passed;
    left_out = left_out || passed > kBefore;
    for (std::size_t i = 0; i < std::min<std::size_t>(passed, kBefore); ++i)
      kept.emplace_back(sides_[s].at[i], &before_[s][i]);
  }
  std::ranges::sort(kept);
  out.assign(first_.begin(), first_.begin() + first_count_);
  for (const auto& [at, mark] : kept) out.push_back(*mark);
  out.insert(out.end(), after_.begin(), after_.begin() + after_count_);
  return left_out ? kFirst : 0;
}

}  // namespace deadair::interference
