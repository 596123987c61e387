// Reads a DNS message: what was asked, and which addresses answer it.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "bytes/byte_view.hpp"
#include "bytes/ip_address.hpp"
#include "bytes/parse_status.hpp"

namespace deadair::proto::dns {

inline constexpr std::uint16_t kPort = 53;  // RFC 1035 section 4.2

namespace record_type {
inline constexpr std::uint16_t kA = 1, kNs = 2, kCname = 5, kSoa = 6, kPtr = 12, kMx = 15,
                               kTxt = 16, kAaaa = 28, kSrv = 33, kOpt = 41, kSvcb = 64, kHttps = 65,
                               kAny = 255;
}  // namespace record_type

// A name in text form: lower case, labels joined by dots, no final dot; empty is the root. A byte
// that is not a visible ASCII character, or a dot inside a label, shows as '?'. At most 253
// characters (RFC 1035 section 3.1: 255 octets on the wire).
class Name {
 public:
  [[nodiscard]] std::string_view view() const { return {text_.data(), size_}; }
  [[nodiscard]] bool empty() const { return size_ == 0; }
  void clear() { size_ = 0; }
  // Copies the characters that are there, and not the room for others.
  void assign(const Name& other) {
    size_ = other.size_;
    std::copy_n(other.text_.begin(), size_, text_.begin());
  }
  // False, and nothing added, when the label does not fit.
  bool append_label(ByteView label);

 private:
  std::uint8_t size_ = 0;
  std::array<char, 255> text_;  // left uninitialised: only the first size_ characters are ever read
};

//                                 1  1  1  1  1  1
//   0  1  2  3  4  5  6  7  8  9  0  1  2  3  4  5
// +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
// |                      ID                       |
// +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
// |QR|   Opcode  |AA|TC|RD|RA| Z|AD|CD|   RCODE   |
// +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
// |                    QDCOUNT                    |
// |                    ANCOUNT                    |
// |                    NSCOUNT                    |
// |                    ARCOUNT                    |
// +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
// RFC 1035 section 4.1.1, RFC 2535 section 6.1 for AD and CD.
struct Message {
  std::uint16_t id = 0;
  bool response = false;
  std::uint8_t opcode = 0;
  std::uint8_t rcode = 0;
  bool authoritative = false;
  bool truncated_flag = false;  // TC: the rest is to be asked over TCP
  std::uint16_t questions = 0;
  std::uint16_t answers = 0;
  std::uint16_t authorities = 0;
  std::uint16_t additionals = 0;
  Name name;                   // of the first question
  std::uint16_t qtype = 0;     // record_type::*
  std::uint16_t qclass = 0;    // 1 is IN; mDNS sets the top bit (RFC 6762 section 5.4)
  ByteView bytes;              // the captured message, which compressed names point into
  std::size_t answers_at = 0;  // where the answer section starts in it; 0: not captured
};

//   0  1  2  3  4  5  6  7  8  9  0  1  2  3  4  5
// +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
// /                      NAME                     /
// +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
// |                      TYPE                     |
// |                     CLASS                     |
// |                      TTL                      |
// |                                               |
// |                   RDLENGTH                    |
// +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
// /                     RDATA                     /
// +--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+--+
// RFC 1035 section 4.1.3.
struct Record {
  std::size_t owner_at = 0;  // where its name starts; read it with read_name()
  std::uint16_t type = 0;
  std::uint16_t rclass = 0;
  std::uint32_t ttl = 0;  // seconds
  std::size_t data_at = 0;
  ByteView data;
};

// Reads a message of `wire_len` bytes, of which `captured` holds the first. Strict enough to leave
// other UDP alone: known opcode, zero Z bit, counts that fit the length, a first question (only a
// response may have none) with a well-formed name and a known class.
// `truncated`: the question is in `out` as far as it was captured, and so are the answers.
ParseStatus parse(ByteView captured, std::size_t wire_len, Message& out);

// The same after the two-byte length of DNS over TCP (RFC 1035 section 4.2.2). `truncated` too when
// the stream does not hold the whole message yet.
ParseStatus parse_tcp(ByteView stream, Message& out);

// Reads the name at `at`, following compression pointers, which must point backwards
// (RFC 1035 section 4.1.4). Returns the offset after the name in place, or 0 if it is malformed or
// not captured in full.
std::size_t read_name(ByteView message, std::size_t at, Name& out);

// Reads the answer section record by record.
class AnswerReader {
 public:
  struct EverySection {};
  static constexpr EverySection kEverySection{};

  explicit AnswerReader(const Message& message) : AnswerReader(message, message.answers) {}
  // The authority and additional sections too, which follow.
  AnswerReader(const Message& message, EverySection)
      : AnswerReader(message, static_cast<std::uint16_t>(message.answers + message.authorities +
                                                         message.additionals)) {}
  // False at the end of the section, of the captured bytes, or at a malformed record.
  bool next(Record& out);

 private:
  AnswerReader(const Message& message, std::uint16_t records)
      : bytes_(message.bytes),
        at_(message.answers_at),
        left_(message.answers_at == 0 ? std::uint16_t{0} : records) {}

  ByteView bytes_;
  std::size_t at_;
  std::uint16_t left_;
};

// True, with the address in `out`, for an A or AAAA record of class IN.
bool address_of(const Record& record, IpAddress& out);

// Calls `visit(IpAddress, const Record&)` for each A and AAAA record of the answer section.
template <class Visitor>
void for_each_address(const Message& message, Visitor&& visit) {
  AnswerReader reader(message);
  Record record;
  IpAddress address;
  while (reader.next(record)) {
    if (address_of(record, address)) visit(address, record);
  }
}

}  // namespace deadair::proto::dns
