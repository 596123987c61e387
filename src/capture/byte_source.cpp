// Plain bytes go straight from the input to the caller; packed ones through a small read-ahead.
#include "capture/byte_source.hpp"

#include <algorithm>

namespace deadair::capture {
namespace {

constexpr std::size_t kHead = 16 * 1024;  // enough to recognise the format and see a first packet
constexpr std::size_t kPackedRead = 256 * 1024;
constexpr std::size_t kLongestMagic = 6;

}  // namespace

std::size_t ByteSource::read(std::span<std::uint8_t> out) {
  if (mode_ == Mode::unknown) recognise();
  if (out.empty() || mode_ == Mode::ended) return 0;
  return mode_ == Mode::plain ? read_plain(out) : read_packed(out);
}

void ByteSource::recognise() {
  held_.resize(kHead);
  refill(kLongestMagic);
  const bool packed = sniff_compression(stored()).has_value();
  mode_ = packed ? Mode::packed : Mode::plain;
  if (packed) held_.resize(kPackedRead);
}

// Reads until `want` stored bytes are held; false when the input ends before.
bool ByteSource::refill(std::size_t want) {
  std::copy(held_.begin() + static_cast<std::ptrdiff_t>(begin_),
            held_.begin() + static_cast<std::ptrdiff_t>(end_), held_.begin());
  end_ -= begin_;
  begin_ = 0;
  while (end_ < want) {
    const std::size_t got = input_->read(std::span(held_).subspan(end_));
    if (got == 0) return false;
    end_ += got;
    bytes_read_ += got;
  }
  return true;
}

std::size_t ByteSource::read_plain(std::span<std::uint8_t> out) {
  if (begin_ < end_) {
    const ByteView part = stored().first(out.size());
    std::copy(part.begin(), part.end(), out.begin());
    begin_ += part.size();
    return part.size();
  }
  const std::size_t got = input_->read(out);
  bytes_read_ += got;
  if (got == 0) problem_ = input_->problem();
  return got;
}

std::size_t ByteSource::read_packed(std::span<std::uint8_t> out) {
  for (;;) {
    if (!unpack_ && !begin_stream()) return 0;
    if (begin_ == end_ && !refill(1)) {
      const std::string why = input_->problem();
      return fail(why.empty() ? std::string("the ") + to_string(format_) + " data is cut short"
                              : why);
    }
    const Decompressor::Step step = unpack_->step(stored(), out);
    begin_ += step.taken;
    const bool stuck = step.taken == 0 && step.written == 0;
    if (step.state == Decompressor::State::end_of_stream)
      unpack_.reset();
    else if (step.state == Decompressor::State::damaged || stuck)
      fail(std::string("the ") + to_string(format_) + " data is damaged");
    if (step.written > 0 || mode_ == Mode::ended) return step.written;
  }
}

// Prepares for the next stream of the input; false at the end of all.
bool ByteSource::begin_stream() {
  refill(kLongestMagic);
  // Archives on tape and .xz files may end in zeros (.xz file format section 2.2).
  while (begin_ < end_ && held_[begin_] == 0) {
    ++begin_;
    if (begin_ == end_) refill(kLongestMagic);
  }
  if (end_ - begin_ < kLongestMagic) refill(kLongestMagic);
  if (begin_ == end_) {
    fail(input_->problem());
    return false;
  }
  const auto format = sniff_compression(stored());
  if (!format) {
    fail(std::string("other data follows the ") + to_string(format_) + " data");
    return false;
  }
  format_ = *format;
  unpack_ = make_decompressor(format_);
  return true;
}

std::size_t ByteSource::fail(const std::string& problem) {
  problem_ = problem;
  mode_ = Mode::ended;
  return 0;
}

}  // namespace deadair::capture
