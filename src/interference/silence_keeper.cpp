// Opening, following and closing a silence.
#include "interference/silence_keeper.hpp"

#include <algorithm>

namespace deadair::interference {
namespace {

// No window is so large that a sender who is never answered gets further.
constexpr std::uint32_t kMostFresh = 64;

constexpr bool after(std::uint32_t x, std::uint32_t y) {
  return static_cast<std::int32_t>(x - y) > 0;
}

}  // namespace

void SilenceKeeper::ask(const Ask& ask) {
  if (kept_ < kAsks) asks_[kept_++] = ask;
  last_ = ask;
}

void SilenceKeeper::begin(const PacketMark& repeat, const Standing& standing) {
  clear();
  standing_ = standing;
  open_ = true;
  asker_is_client_ = repeat.from_client;
  if (standing.original.frame.valid()) ask(standing.original);
  follow(repeat, true);
}

// A sender that goes on all the same is answered where the capture does not look.
void SilenceKeeper::follow(const PacketMark& mark, bool repeats) {
  if (mark.from_client != asker_is_client_) {
    hear(mark);
    return;
  }
  if (mark.rst()) return;
  if (mark.data() && mark.seq + 1 != standing_.asked)
    standing_.least = std::min(standing_.least, mark.payload_len);
  // All was acknowledged: then probes ask. Otherwise only the segment that waits first counts.
  const bool probe = mark.seq + 1 == standing_.asked;
  if (repeats && (mark.seq == standing_.asked || probe)) {
    ask({mark.frame, mark.ts_ns, mark.seq, mark.payload_len});
    ++repeats_;
  } else if (!repeats && mark.data() && ++fresh_ > kMostFresh) {
    open_ = false;
  } else if (!repeats && (mark.data() || mark.fin()) && mark.seq == standing_.asked) {
    ask({mark.frame, mark.ts_ns, mark.seq, mark.payload_len});
  }
}

void SilenceKeeper::hear(const PacketMark& mark) {
  if (mark.rst()) {
    open_ = false;
    return;
  }
  if (!mark.acks()) return;
  // Whoever asks by probes alone is answered by anything.
  const bool probing = kept_ != 0 && asks_[0].seq + 1 == standing_.asked;
  if (after(mark.ack, standing_.asked) || (probing && mark.ack == standing_.asked)) {
    open_ = false;
    return;
  }
  ++stale_;
  if (mark.syn()) ++stale_syn_acks_;
}

}  // namespace deadair::interference
