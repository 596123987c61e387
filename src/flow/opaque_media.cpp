// Windows of media without readable headers.
#include "flow/opaque_media.hpp"

namespace deadair::flow {
namespace {

constexpr unsigned kWindowUnit = 20;  // 2^20 ns, about a millisecond
constexpr std::uint32_t kWindow = 1907;
constexpr std::uint16_t kFewest = 5;
constexpr std::uint32_t kFewestVoice = 20;  // where only sizes speak
constexpr std::size_t kSmall = 300, kLarge = 400, kFull = 900;

void count(std::uint16_t& counter) {
  if (counter != 0xffff) ++counter;
}

}  // namespace

void OpaqueMedia::add(std::size_t size, std::uint8_t kind, std::int64_t ts_ns) {
  const auto now = static_cast<std::uint32_t>(static_cast<std::uint64_t>(ts_ns) >> kWindowUnit);
  if (packets_ == 0 || now - window_start_ + kWindow >= 2 * kWindow) {
    kinds_ |= judge();
    voice_ = video_ = small_ = middle_ = large_ = full_ = 0;
    window_start_ = now;
  }
  pulse_.add(ts_ns);
  if (packets_ < kProven) ++packets_;
  if ((kind & media_kind::kVoice) != 0) count(voice_);
  if ((kind & media_kind::kVideo) != 0) count(video_);
  if ((kind & (media_kind::kVoice | media_kind::kVideo)) != 0) return;
  count(size > kFull ? full_ : size > kLarge ? large_ : size > kSmall ? middle_ : small_);
}

std::uint8_t OpaqueMedia::judge() const {
  std::uint8_t kinds = 0;
  if (voice_ >= kFewest) kinds |= media_kind::kVoice;
  if (video_ >= kFewest) kinds |= media_kind::kVideo;
  const std::uint32_t above = std::uint32_t{large_} + full_;
  const std::uint32_t all = above + middle_ + small_;
  if (all < kFewest) return kinds;
  if (above * 2 > all || full_ * 10U > all) kinds |= media_kind::kVideo;
  if (all == small_ && all >= kFewestVoice) kinds |= media_kind::kVoice;
  return kinds;
}

}  // namespace deadair::flow
