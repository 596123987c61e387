// Finds the CRYPTO frames among those that a QUIC Initial packet may hold.
#pragma once

#include <cstdint>

#include "bytes/byte_view.hpp"

namespace deadair::proto::quic {

//  CRYPTO Frame {
//    Type (i) = 0x06,        0x08 in Google's Q050, T050 and T051
//    Offset (i),
//    Length (i),
//    Crypto Data (..),
//  }                                            RFC 9000 section 19.6
struct CryptoFrame {
  std::uint64_t offset = 0;
  ByteView data;  // shorter than the frame when the capture ends inside it
};

enum class Dialect : std::uint8_t { ietf, google };

// Walks the frames of one packet. RFC 9000 section 12.4 allows PADDING, PING, ACK, CRYPTO and
// CONNECTION_CLOSE in an Initial; the walk ends at anything else.
class Frames {
 public:
  // `cut`: the capture ends inside the packet, so the last frame may be incomplete.
  Frames(ByteView frames, Dialect dialect, bool cut)
      : reader_(frames), dialect_(dialect), cut_(cut) {}

  // The next CRYPTO frame; false when there is none.
  bool next(CryptoFrame& out);
  // After next() said false: all that was captured are frames that belong here.
  [[nodiscard]] bool sane() const { return sane_; }

 private:
  bool read_crypto(CryptoFrame& out);
  void skip(std::uint8_t type);
  void skip_ack(bool counts);
  void skip_close();

  ByteReader reader_;
  Dialect dialect_;
  bool cut_;
  bool sane_ = true;
};

}  // namespace deadair::proto::quic
