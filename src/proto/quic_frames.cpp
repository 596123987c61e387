// Finds the CRYPTO frames among those that a QUIC Initial packet may hold.
#include "proto/quic_frames.hpp"

#include <algorithm>

#include "proto/quic_packet.hpp"

namespace deadair::proto::quic {
namespace {

namespace frame {
constexpr std::uint8_t kPadding = 0x00, kPing = 0x01, kAck = 0x02, kAckEcn = 0x03, kCrypto = 0x06,
                       kConnectionClose = 0x1c;
constexpr std::uint8_t kGooglePing = 0x07, kGoogleCrypto = 0x08;
}  // namespace frame

}  // namespace

bool Frames::next(CryptoFrame& out) {
  const std::uint8_t crypto = dialect_ == Dialect::ietf ? frame::kCrypto : frame::kGoogleCrypto;
  while (sane_ && reader_.ok() && reader_.left() > 0) {
    const std::uint8_t type = reader_.u8();
    if (type == crypto) return read_crypto(out);
    skip(type);
  }
  if (!reader_.ok() && !cut_) sane_ = false;
  return false;
}

bool Frames::read_crypto(CryptoFrame& out) {
  out.offset = read_varint(reader_);
  const std::uint64_t length = read_varint(reader_);
  if (!reader_.ok() || (length > reader_.left() && !cut_)) {
    sane_ = cut_;
    return false;
  }
  out.data =
      reader_.take(static_cast<std::size_t>(std::min<std::uint64_t>(length, reader_.left())));
  return true;
}

void Frames::skip(std::uint8_t type) {
  if (type == frame::kPadding) {
    const ByteView rest = reader_.rest();
    const auto* end = std::find_if(rest.begin(), rest.end(), [](auto byte) { return byte != 0; });
    return reader_.skip(static_cast<std::size_t>(end - rest.begin()));
  }
  if (dialect_ == Dialect::google) {
    sane_ = type == frame::kGooglePing;
    return;
  }
  switch (type) {
    case frame::kPing:
      return;
    case frame::kAck:
    case frame::kAckEcn:
      return skip_ack(type == frame::kAckEcn);
    case frame::kConnectionClose:
      return skip_close();
    default:
      sane_ = false;
  }
}

//  ACK Frame {
//    Type (i) = 0x02..0x03, Largest Acknowledged (i), ACK Delay (i), ACK Range Count (i),
//    First ACK Range (i), ACK Range (..) ..., [ECN Counts (..)],
//  }                                            RFC 9000 section 19.3
void Frames::skip_ack(bool counts) {
  read_varint(reader_);
  read_varint(reader_);
  const std::uint64_t ranges = read_varint(reader_);
  if (ranges > reader_.left()) {
    sane_ = cut_;
    reader_.skip(reader_.left());
    return;
  }
  const std::uint64_t integers = 1 + 2 * ranges + (counts ? 3 : 0);
  for (std::uint64_t i = 0; i < integers && reader_.ok(); ++i) read_varint(reader_);
}

//  CONNECTION_CLOSE Frame {
//    Type (i) = 0x1c, Error Code (i), Frame Type (i), Reason Phrase Length (i), Reason Phrase (..),
//  }                                            RFC 9000 section 19.19
void Frames::skip_close() {
  read_varint(reader_);
  read_varint(reader_);
  const std::uint64_t length = read_varint(reader_);
  if (length > reader_.left()) sane_ = cut_;
  reader_.skip(static_cast<std::size_t>(std::min<std::uint64_t>(length, reader_.left())));
}

}  // namespace deadair::proto::quic
