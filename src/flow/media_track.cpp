// The streams of a flow beside each direction's main one, and what all of them carry.
#include "flow/media_track.hpp"

#include <algorithm>
#include <utility>

#include "flow/rtp_repair.hpp"

namespace deadair::flow {
namespace {

constexpr std::int64_t kSilentNs = 2'000'000'000;      // a main stream gives way
constexpr std::int64_t kForgottenNs = 10'000'000'000;  // any stream may, when there are too many

}  // namespace

template <class Visit>
void MediaTrack::each_proven(Visit visit) const {
  for (const Side side : {Side::a, Side::b}) {
    const RtpStream& stream = main_[static_cast<std::size_t>(side)];
    if (stream.proven()) visit(side, stream);
  }
  if (beside_ == nullptr) return;
  for (const Beside::Entry& entry : beside_->entries)
    if (entry.stream.proven()) visit(entry.from, entry.stream);
}

RtpStream* MediaTrack::find_beside(Side from, RtpArrival packet) {
  const auto side = static_cast<std::size_t>(from);
  RtpStream& main = main_[side];
  if (beside_ != nullptr) {
    for (Beside::Entry& entry : beside_->entries)
      if (entry.from == from && entry.stream.ssrc() == packet.ssrc && entry.stream.used())
        return promote(main, entry.stream, packet.ts_ns);
  }
  // Bytes that are no RTP have a new "SSRC" each time: before a stream goes on, or comes back after
  // another, nothing is kept of it but its first packet.
  const bool back = came_back(packet.ssrc);
  if (main.packets() >= 2 || back) {
    RtpStream* stream = begin_beside(from, packet);
    // Its first packet was taken for chance: nothing is known of it but that it came.
    if (back && stream != nullptr) stream->count_aside(packet.size);
  } else {
    pass(main.ssrc());
    main.begin(packet);
  }
  return nullptr;
}

void MediaTrack::pass(std::uint32_t ssrc) {
  passed_[next_passed_] = ssrc;
  next_passed_ = static_cast<std::uint8_t>((next_passed_ + 1U) % passed_.size());
}

bool MediaTrack::came_back(std::uint32_t ssrc) {
  const auto found = std::find(passed_.begin(), passed_.end(), ssrc);
  if (ssrc == 0 || found == passed_.end()) return false;
  *found = 0;
  return true;
}

// The fullest stream is the one to find at once; so is its successor when it falls silent.
RtpStream* MediaTrack::promote(RtpStream& main, RtpStream& beside, std::int64_t ts_ns) {
  const bool fuller = beside.packets() / 2 > main.packets();
  if (!fuller && ts_ns - main.last_ns() < kSilentNs) return &beside;
  std::swap(main, beside);
  return &main;
}

RtpStream* MediaTrack::begin_beside(Side from, RtpArrival packet) {
  if (beside_ == nullptr) beside_ = std::make_unique<Beside>();
  auto& entries = beside_->entries;
  Beside::Entry& least = *std::min_element(
      entries.begin(), entries.end(),
      [](const auto& x, const auto& y) { return x.stream.packets() < y.stream.packets(); });
  if (least.stream.proven()) {
    if (packet.ts_ns - least.stream.last_ns() < kForgottenNs) return nullptr;
    kinds_ |= least.stream.facts().kinds;
  }
  least.from = from;
  least.stream.begin(packet);
  return &least.stream;
}

// Asked when a stream has just been proved: no other one was before.
bool MediaTrack::first_proof() const {
  std::size_t proven = 0;
  each_proven([&](Side, const RtpStream&) { ++proven; });
  return proven == 1;
}

void MediaTrack::update_opaque(Side from, std::size_t media_bytes, std::uint8_t kind,
                               std::int64_t ts_ns) {
  if (opaque_ == nullptr) opaque_ = std::make_unique<std::array<OpaqueMedia, 2>>();
  (*opaque_)[static_cast<std::size_t>(from)].add(media_bytes, kind, ts_ns);
}

PulseFacts MediaTrack::opaque(Side from) const {
  return opaque_ != nullptr ? (*opaque_)[static_cast<std::size_t>(from)].pulse().facts()
                            : PulseFacts{};
}

bool MediaTrack::flowing() const {
  bool rtp = false;
  each_proven([&](Side, const RtpStream&) { rtp = true; });
  return rtp || (opaque_ != nullptr && ((*opaque_)[0].flowing() || (*opaque_)[1].flowing()));
}

std::uint8_t MediaTrack::kinds() const {
  if (!flowing()) return 0;
  std::uint8_t kinds = kinds_;
  each_proven([&](Side, const RtpStream& stream) { kinds |= stream.facts().kinds; });
  if (opaque_ != nullptr)
    for (const OpaqueMedia& opaque : *opaque_) kinds |= opaque.kinds();
  return kinds != 0 ? kinds : media_kind::kUndecided;
}

void MediaTrack::streams(std::vector<Stream>& out) const {
  const auto begin = static_cast<std::ptrdiff_t>(out.size());
  const auto is_repair = [&](const Stream& stream) {
    return std::any_of(out.begin() + begin, out.end(), [&](const Stream& other) {
      return other.from == stream.from && repairs(stream.facts, other.facts);
    });
  };
  each_proven([&](Side side, const RtpStream& stream) { out.push_back({side, stream.facts()}); });
  std::stable_sort(out.begin() + begin, out.end(), [](const Stream& x, const Stream& y) {
    return x.facts.first_ns < y.facts.first_ns;
  });
  std::for_each(out.begin() + begin, out.end(),
                [&](Stream& stream) { stream.facts.repair = is_repair(stream); });
}

}  // namespace deadair::flow
