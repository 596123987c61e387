// The content of an input, unpacked on the way when it is compressed.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "capture/byte_input.hpp"
#include "capture/decompressor.hpp"

namespace deadair::capture {

// Compression is recognised by magic number, never by name. Several compressed streams one after
// another, as `cat a.gz b.gz` makes, read as one.
class ByteSource {
 public:
  explicit ByteSource(std::unique_ptr<ByteInput> input) : input_(std::move(input)) {}

  // Reads at most out.size() bytes; 0 means the end, or an error that problem() names. All bytes
  // that can be recovered before an error have been delivered by then.
  std::size_t read(std::span<std::uint8_t> out);

  // What is wrong with the stored bytes, without the input's name; empty when nothing is.
  [[nodiscard]] const std::string& problem() const { return problem_; }
  // Stored (compressed) bytes read so far and in all; the total is 0 when unknown.
  [[nodiscard]] std::uint64_t bytes_read() const { return bytes_read_; }
  [[nodiscard]] std::uint64_t size() const { return input_->size(); }
  [[nodiscard]] bool reopenable() const { return input_->reopenable(); }

 private:
  enum class Mode : std::uint8_t { unknown, plain, packed, ended };

  void recognise();
  bool refill(std::size_t want);
  std::size_t read_plain(std::span<std::uint8_t> out);
  std::size_t read_packed(std::span<std::uint8_t> out);
  bool begin_stream();
  std::size_t fail(const std::string& problem);
  [[nodiscard]] ByteView stored() const { return ByteView(held_).sub(begin_, end_ - begin_); }

  std::unique_ptr<ByteInput> input_;
  std::unique_ptr<Decompressor> unpack_;  // null between two streams
  Compression format_ = Compression::gzip;
  Mode mode_ = Mode::unknown;
  std::vector<std::uint8_t> held_;  // stored bytes read ahead: [begin_, end_) is still to be used
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t bytes_read_ = 0;
  std::string problem_;
};

}  // namespace deadair::capture
