// Reads the cipher suites of TLS hellos, which imitations fill with what is none.
#include "obfuscated/tls_imitation.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "obfuscated/signatures.hpp"

namespace deadair::classifiers::obfuscated {
namespace {

//  ContentType 22   ProtocolVersion   uint16 length        TLSPlaintext, RFC 8446 section 5.1
//  HandshakeType    uint24 length                          Handshake, section 4
//  ProtocolVersion  Random (32)  opaque session_id<0..32>  both hellos begin so, section 4.1
constexpr std::size_t kRecordHeader = 5;
constexpr std::size_t kSessionId = kRecordHeader + 4 + 2 + 32;
constexpr std::size_t kMostSessionId = 32;
constexpr std::uint8_t kHandshake = 22, kClientHello = 1, kServerHello = 2;
constexpr std::uint16_t kSessionTicket = 0x0023, kServerName = 0x0000;

struct Range {
  std::uint16_t first, last;
};

// The blocks of values that IANA has given out, GREASE (RFC 8701) aside, with room for their next
// members, those that drafts and vendors use, China's (0xe0..: GB/T 38636 and GM/T 0024, by
// openHiTLS's HITLS_CipherSuite and the wiki of guanzhi/GmSSL, read 2026-11-22), and private use.
constexpr std::array kKnownSuites = {
    Range{0x0000, 0x00ff}, Range{0x1301, 0x131f}, Range{0x5600, 0x5600}, Range{0xc001, 0xc0bf},
    Range{0xc0ff, 0xc10f}, Range{0xcc13, 0xcc15}, Range{0xcca8, 0xccaf}, Range{0xd001, 0xd00f},
    Range{0xe000, 0xe0ff}, Range{0xfe00, 0xffff}};

bool is_grease(std::uint16_t suite) {
  return (suite & 0x0f0fU) == 0x0a0a && suite >> 8 == (suite & 0xffU);
}

bool is_known(std::uint16_t suite) {
  return std::any_of(kKnownSuites.begin(), kKnownSuites.end(), [suite](const Range& range) {
    return suite >= range.first && suite <= range.last;
  });
}

bool begins_hello(ByteView stream, std::uint8_t type) {
  if (stream.u8(0) != kHandshake || (stream.has(1, 1) && stream.u8(1) != 3)) return false;
  return !stream.has(kRecordHeader, 1) || stream.u8(kRecordHeader) == type;
}

// The hello as far as its first record goes: a later record's header must not be read as suites.
ByteView first_record(ByteView stream) { return stream.first(kRecordHeader + stream.be16(3)); }

// Random numbers hit a known block about once in fifty times.
bool are_invented(ByteView suites) {
  std::size_t known = 0, unknown = 0;
  for (std::size_t at = 0; at + 1 < suites.size(); at += 2) {
    const std::uint16_t suite = suites.be16(at);
    if (!is_grease(suite)) ++(is_known(suite) ? known : unknown);
    if (known * 4 >= suites.size() / 2) return false;  // most hellos end here, early
  }
  return unknown >= kFewestInvented && unknown > known * 3;
}

// `tail` begins with the compression methods.
bool is_simple_obfs(ByteView suites, ByteView tail) {
  if (suites.size() != kSimpleObfsSuiteBytes || suites.be32(0) != kSimpleObfsFirstSuites)
    return false;
  const ByteView extensions = tail.from(std::size_t{1} + tail.u8(0) + 2);
  const std::size_t ticket = extensions.be16(2);
  return extensions.be16(0) == kSessionTicket && ticket > 0 && extensions.has(4 + ticket, 4) &&
         extensions.be16(4 + ticket) == kServerName && extensions.be16(4 + ticket + 2) > 0;
}

}  // namespace

HelloVerdict judge_client_hello(ByteView up) {
  if (!begins_hello(up, kClientHello)) return {};
  if (!up.has(0, kSessionId + 1)) return {.hello = true};
  const std::size_t session_id = up.u8(kSessionId);
  if (session_id > kMostSessionId) return {.hello = true, .complete = true};
  const ByteView hello = first_record(up);
  const std::size_t at = kSessionId + 1 + session_id;
  const std::size_t size = hello.be16(at);
  if (!hello.has(at, 2 + size)) {
    const bool in_next_record = hello.size() < up.size();
    return {.hello = true, .complete = in_next_record};
  }
  const ByteView suites = hello.sub(at + 2, size);
  if (size % 2 == 0 && are_invented(suites))
    return {.hello = true, .complete = true, .signal = &kSuites};
  const bool obfs = is_simple_obfs(suites, hello.from(at + 2 + size));
  // A ticket full of data may reach beyond the first segment.
  const bool waits = !obfs && size == kSimpleObfsSuiteBytes &&
                     suites.be32(0) == kSimpleObfsFirstSuites && up.size() == hello.size() &&
                     up.size() < kRecordHeader + std::size_t{up.be16(3)};
  return {.hello = true, .complete = !waits, .signal = obfs ? &kTicket : nullptr};
}

HelloVerdict judge_server_hello(ByteView down) {
  if (!begins_hello(down, kServerHello)) return {};
  if (!down.has(0, kSessionId + 1)) return {.hello = true};
  const std::size_t session_id = down.u8(kSessionId);
  if (session_id > kMostSessionId) return {.hello = true, .complete = true};
  const ByteView hello = first_record(down);
  const std::size_t at = kSessionId + 1 + session_id;
  if (!hello.has(at, 2)) return {.hello = true, .complete = hello.size() < down.size()};
  const std::uint16_t suite = hello.be16(at);
  return {.hello = true, .complete = true, .signal = is_known(suite) ? nullptr : &kChoice};
}

}  // namespace deadair::classifiers::obfuscated
