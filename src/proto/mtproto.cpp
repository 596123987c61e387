// Reads MTProto's TCP transports: abridged, intermediate, padded, full, and the obfuscated header.
#include "proto/mtproto.hpp"

#include <algorithm>
#include <memory>
#include <span>

#include <openssl/evp.h>

namespace deadair::proto::mtproto {
namespace {

constexpr std::uint8_t kAbridgedTag = 0xef;
constexpr std::uint32_t kAbridgedWord = 0xefefefef;
constexpr std::uint32_t kIntermediateTag = 0xeeeeeeee;
constexpr std::uint32_t kPaddedTag = 0xdddddddd;

// A message holds at least a key id and 16 bytes; servers refuse more than 1 MiB or so.
constexpr std::size_t kShortest = 24;
constexpr std::size_t kLongest = 1U << 20U;

// One frame of a transport, without its length.
struct Frame {
  ByteView payload;       // what was captured of it
  std::size_t size = 0;   // of the payload on the wire
  std::size_t whole = 0;  // with its length
};

// |l| payload |  or, from 127 words on,  |7f| length (24) | payload |. Lengths count words; the
// highest bit asks for a quick acknowledgement.
Frame abridged_frame(ByteView rest) {
  constexpr std::uint8_t kLong = 0x7f;
  const std::uint8_t first = rest.u8(0) & 0x7fU;
  const bool is_long = first == kLong;
  const std::size_t words =
      is_long ? rest.u8(1) | std::size_t{rest.u8(2)} << 8 | std::size_t{rest.u8(3)} << 16 : first;
  const std::size_t header = is_long ? 4 : 1;
  return {rest.sub(header, words * 4), words * 4, header + words * 4};
}

// | length (32, little-endian) | payload |
Frame intermediate_frame(ByteView rest) {
  const std::size_t size = rest.le32(0) & 0x7fff'ffffU;
  return {rest.sub(4, size), size, 4 + size};
}

bool plausible(const Frame& frame, bool whole_words) {
  return frame.size >= kShortest && frame.size <= kLongest && (!whole_words || frame.size % 4 == 0);
}

//  key id 0 (64) | message id (64) | length (32) | constructor (32) ...
// The unencrypted messages that make a key: core.telegram.org/mtproto/auth_key.
bool makes_key(ByteView payload) {
  // As the bytes come, which is little-endian.
  static constexpr std::array<std::uint32_t, 8> kConstructors = {
      0x78974660,  // req_pq
      0xf18e7ebe,  // req_pq_multi
      0x63241605,  // resPQ
      0xbee412d7,  // req_DH_params
      0x5c07e8d0,  // server_DH_params_ok
      0x5d04cb79,  // server_DH_params_fail
      0x1f5f04f5,  // set_client_DH_params
      0x34f7cb3b,  // dh_gen_ok
  };
  if (!payload.has(0, kShortest) || payload.be64(0) != 0) return false;
  return std::find(kConstructors.begin(), kConstructors.end(), payload.be32(20)) !=
         kConstructors.end();
}

ParseStatus parse_abridged(ByteView frames, Stream& out) {
  const Frame frame = abridged_frame(frames);
  if (frames.size() < 4) return ParseStatus::truncated;
  if (!plausible(frame, true)) return ParseStatus::not_this;
  if (frame.payload.size() < kShortest) return ParseStatus::truncated;
  out.transport = Transport::abridged;
  out.proven = makes_key(frame.payload);
  if (out.proven) return ParseStatus::parsed;
  const ByteView rest = frames.from(frame.whole);
  if (rest.empty()) {
    return frame.payload.size() == frame.size ? ParseStatus::parsed : ParseStatus::truncated;
  }
  const Frame next = abridged_frame(rest);
  if (rest.size() < 4) return ParseStatus::truncated;
  if (!plausible(next, true)) return ParseStatus::not_this;
  if (next.payload.size() < 8) return ParseStatus::truncated;
  out.proven = next.payload.be64(0) == frame.payload.be64(0) && frame.payload.be64(0) != 0;
  return out.proven ? ParseStatus::parsed : ParseStatus::not_this;
}

ParseStatus parse_intermediate(ByteView head, bool padded, Stream& out) {
  if (head.size() < 8) return ParseStatus::truncated;
  if (!plausible(intermediate_frame(head.from(4)), !padded)) return ParseStatus::not_this;
  out = {padded ? Transport::padded : Transport::intermediate, true};
  return ParseStatus::parsed;
}

// The common CRC-32 (ISO 3309), bit by bit: it runs over one short message of very few streams.
std::uint32_t crc32(ByteView bytes) {
  std::uint32_t crc = 0xffff'ffff;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1U) != 0 ? 0xedb8'8320U : 0U);
  }
  return ~crc;
}

// | length (32) | sequence (32) | payload | CRC-32 |, all counted in the length. The first message
// of either side has sequence 0.
ParseStatus parse_full(ByteView head, Stream& out) {
  constexpr std::size_t kAround = 12;
  constexpr std::size_t kLongestChecked = 4096;
  if (head.size() < 8) return ParseStatus::truncated;
  const std::size_t length = head.le32(0);
  if (head.le32(4) != 0 || length % 4 != 0) return ParseStatus::not_this;
  if (length < kAround + kShortest || length > kLongestChecked) return ParseStatus::not_this;
  const ByteView payload = head.sub(8, length - kAround);
  if (!makes_key(payload)) {
    if (head.size() < length) return ParseStatus::truncated;
    if (crc32(head.first(length - 4)) != head.le32(length - 4)) return ParseStatus::not_this;
  }
  out = {Transport::full, true};
  return ParseStatus::parsed;
}

// What neither the random header nor the other side of a plain transport begins with.
bool begins_otherwise(ByteView head) {
  if (head.u8(0) == kAbridgedTag) return true;
  for (const std::uint32_t word : {0x48454144U,  // HEAD
                                   0x504f5354U,  // POST
                                   0x47455420U,  // GET
                                   0x4f505449U,  // OPTIONS
                                   0x16030102U,  // TLS
                                   kPaddedTag, kIntermediateTag}) {
    if (head.be32(0) == word) return true;
  }
  // TLS in general, and text: 16 random bytes are not all printable.
  if (head.u8(0) == 0x16 && head.u8(1) == 0x03) return true;
  return std::all_of(
      head.begin(), head.begin() + std::min<std::size_t>(16, head.size()),
      [](std::uint8_t c) { return (c >= 0x20 && c < 0x7f) || c == '\r' || c == '\n'; });
}

// Kept by each thread, for making one costs more than using it.
class Cipher {
 public:
  Cipher() : context_(EVP_CIPHER_CTX_new()) {
    usable_ = context_ &&
              EVP_EncryptInit_ex(context_.get(), EVP_aes_256_ctr(), nullptr, nullptr, nullptr) == 1;
  }

  // Counter mode is its own inverse. `in` has at most as many bytes as `out`.
  bool run(ByteView key, ByteView iv, ByteView in, std::span<std::uint8_t> out) {
    int written = 0;
    return usable_ &&
           EVP_EncryptInit_ex(context_.get(), nullptr, nullptr, key.data(), iv.data()) == 1 &&
           EVP_EncryptUpdate(context_.get(), out.data(), &written, in.data(),
                             static_cast<int>(std::min(in.size(), out.size()))) == 1;
  }

 private:
  struct Free {
    void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
  };
  std::unique_ptr<EVP_CIPHER_CTX, Free> context_;
  bool usable_ = false;
};

}  // namespace

ParseStatus parse_client(ByteView head, Stream& out) {
  if (head.u8(0) == kAbridgedTag) return parse_abridged(head.from(1), out);
  if (head.size() < 4) return ParseStatus::truncated;
  if (head.be32(0) == kIntermediateTag) return parse_intermediate(head, false, out);
  if (head.be32(0) == kPaddedTag) return parse_intermediate(head, true, out);
  return parse_full(head, out);
}

ParseStatus parse_server(ByteView head, Stream& out) {
  if (head.size() < 4 + kShortest) return ParseStatus::truncated;
  const Frame abridged = abridged_frame(head);
  if (plausible(abridged, true) && makes_key(abridged.payload)) {
    out = {Transport::abridged, true};
    return ParseStatus::parsed;
  }
  const Frame intermediate = intermediate_frame(head);
  if (plausible(intermediate, false) && makes_key(intermediate.payload)) {
    out = {Transport::intermediate, true};
    return ParseStatus::parsed;
  }
  return parse_full(head, out);
}

ParseStatus parse_obfuscated(ByteView head, Obfuscated& out) {
  constexpr std::size_t kKeyAt = 8, kKeySize = 32, kIvSize = 16, kTagAt = 56;
  if (begins_otherwise(head)) return ParseStatus::not_this;
  if (head.size() < Obfuscated::kHeaderSize) return ParseStatus::truncated;
  if (head.be32(4) == 0) return ParseStatus::not_this;
  thread_local Cipher cipher;
  std::array<std::uint8_t, Obfuscated::kHeaderSize + sizeof(out.first)> clear;
  const ByteView in = head.first(clear.size());
  if (!cipher.run(in.sub(kKeyAt, kKeySize), in.sub(kKeyAt + kKeySize, kIvSize), in, clear)) {
    return ParseStatus::not_this;
  }
  switch (ByteView(clear).be32(kTagAt)) {
    case kAbridgedWord:
      out.transport = Transport::abridged;
      break;
    case kIntermediateTag:
      out.transport = Transport::intermediate;
      break;
    case kPaddedTag:
      out.transport = Transport::padded;
      break;
    default:
      return ParseStatus::not_this;
  }
  out.held = in.size() - Obfuscated::kHeaderSize;
  std::copy_n(clear.begin() + Obfuscated::kHeaderSize, out.held, out.first.begin());
  return ParseStatus::parsed;
}

}  // namespace deadair::proto::mtproto
