// Reads STUN and TURN messages (RFC 8489, RFC 8656, RFC 3489).
#include "proto/stun.hpp"

#include <algorithm>

namespace deadair::proto::stun {
namespace {

constexpr std::size_t kAttributeHeader = 4;
constexpr std::uint16_t kBindingRequest = 0x0001;

// RFC 8489 section 5: the class is bits 4 and 8 of the type, the method the other twelve.
Class class_of(std::uint16_t type) {
  return static_cast<Class>((type >> 7 & 2U) | (type >> 4 & 1U));
}

std::uint16_t method_of(std::uint16_t type) {
  return static_cast<std::uint16_t>((type >> 2 & 0xf80U) | (type >> 1 & 0x70U) | (type & 0xfU));
}

// Types seen without the magic cookie: RFC 3489 (0x00X1, 0x00X2), TURN drafts and MS-TURN (0x00X3
// to 0x00X9, Data Indication 0x0115 among them).
bool classic_type(std::uint16_t type) {
  const std::uint16_t m = method_of(type);
  return (type & 0x3ee0U) == 0 && m >= method::kBinding && m <= method::kChannelBind;
}

// `padding` is a power of two: a division here would cost more than the rest of the walk.
constexpr std::size_t padded(std::size_t size, std::size_t padding) {
  return (size + padding - 1) & ~(padding - 1);
}

// What the captured attribute bytes are, values padded to `padding`: a chain that ends with the
// message, a chain cut by the capture, or no chain.
ParseStatus check_chain(ByteView bytes, std::size_t length, std::size_t padding) {
  std::size_t at = 0;
  while (at < length) {
    if (length - at < kAttributeHeader) return ParseStatus::not_this;
    if (!bytes.has(at, kAttributeHeader)) return ParseStatus::truncated;
    const std::size_t value = bytes.be16(at + 2);
    at += kAttributeHeader;
    if (value > length - at) return ParseStatus::not_this;
    at = std::min(at + padded(value, padding), length);  // the last one may be unpadded
  }
  return bytes.size() < length ? ParseStatus::truncated : ParseStatus::parsed;
}

bool all_zero(ByteView bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

// MS-TURN's cookie attribute first: such messages end with data of any size, without padding.
bool begins_ms_turn(ByteView bytes) {
  return bytes.be32(kHeaderSize) == 0x000f0004 && bytes.be32(kHeaderSize + 4) == 0x72c64bc6;
}

// True when the first 20 bytes can be the header of a message in a datagram of `wire_len` bytes.
bool plausible_header(ByteView bytes, std::size_t wire_len, bool magic_cookie) {
  const std::uint16_t type = bytes.be16(0);
  if ((type & 0xc000U) != 0 || kHeaderSize + bytes.be16(2) != wire_len) return false;
  if (magic_cookie) return method_of(type) != 0;
  // Other protocols start with 00 01 too: an id of zeros is no sender's, and only a Binding request
  // says enough without attributes.
  if (bytes.be16(2) == 0 && type != kBindingRequest) return false;
  if (bytes.be16(2) % 4 != 0 && !begins_ms_turn(bytes)) return false;
  return classic_type(type) && !all_zero(bytes.sub(4, 16));
}

// Whether senders without the magic cookie use this attribute, and with a value of this size: RFC
// 3489 section 11.2, [MS-TURN] 2.2.2 and the drafts of RFC 5389.
bool classic_attribute(std::uint16_t type, std::size_t size) {
  switch (type) {
    case attribute::kMappedAddress:
    case attribute::kResponseAddress:
    case attribute::kSourceAddress:
    case attribute::kChangedAddress:
    case attribute::kReflectedFrom:
    case attribute::kMsAlternateServer:
    case attribute::kMsDestinationAddress:
    case attribute::kXorPeerAddress:  // MS-TURN's Remote Address
    case attribute::kXorMappedAddress:
    case attribute::kMsXorMappedAddress:
      return size == 8 || size == 20;
    case attribute::kChangeRequest:
    case attribute::kLifetime:
    case attribute::kMsMagicCookie:
    case attribute::kBandwidth:
    case attribute::kMsVersion:
      return size == 4;
    case attribute::kMessageIntegrity:
      return size == 20 || size == 32;
    case attribute::kErrorCode:
      return size >= 4;
    default:
      return (type >= attribute::kUsername && type <= attribute::kRequestedAddressFamily) ||
             type == attribute::kPriority || type == attribute::kUseCandidate || type >> 8 == 0x80;
  }
}

// Zoom's attributes are not published: beside one that is known others may stand.
bool classic_attributes(ByteView bytes) {
  bool known = true;
  for (const Attribute& attribute : Attributes(bytes, 4)) {
    if (attribute.type == attribute::kZoomUnnamed0101) return true;
    if (attribute.type == attribute::kZoomUnnamed0103) return true;
    known = known && classic_attribute(attribute.type, attribute.length);
  }
  return known;
}

}  // namespace

void Attributes::Iterator::load() {
  const std::uint16_t length = rest_.be16(2);
  done_ = !rest_.has(0, kAttributeHeader);
  if (done_) return;
  current_ = {rest_.be16(0), length, rest_.sub(kAttributeHeader, length)};
  rest_ = rest_.from(kAttributeHeader + padded(length, padding_));
}

ParseStatus parse(ByteView captured, std::size_t wire_len, Message& out) {
  const ByteView bytes = captured.first(wire_len);
  if (wire_len < kHeaderSize || !bytes.has(0, 8)) return ParseStatus::not_this;
  const bool magic_cookie = bytes.be32(4) == kMagicCookie;
  if (!plausible_header(bytes, wire_len, magic_cookie)) return ParseStatus::not_this;

  out.type = bytes.be16(0);
  out.method = method_of(out.type);
  out.kind = class_of(out.type);
  out.length = bytes.be16(2);
  out.magic_cookie = magic_cookie;
  out.aligned = out.length % 4 == 0;
  out.header = bytes.first(kHeaderSize);
  const ByteView attributes = bytes.from(kHeaderSize);
  out.attributes = {attributes, 4};
  if (bytes.size() < kHeaderSize) return ParseStatus::truncated;

  const ParseStatus status = check_chain(attributes, out.length, 4);
  if (!magic_cookie) return classic_attributes(attributes) ? status : ParseStatus::not_this;
  if (status != ParseStatus::not_this) return status;
  out.aligned = false;
  out.attributes = {attributes, 1};
  return check_chain(attributes, out.length, 1);
}

std::optional<Attribute> find_attribute(const Message& message, std::uint16_t type) {
  for (const Attribute& attribute : message.attributes) {
    if (attribute.type == type) return attribute;
  }
  return std::nullopt;
}

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |0 0 0 0 0 0 0 0|    Family     |           Port                |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                 Address (32 bits or 128 bits)                 |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
std::optional<Address> address(const Attribute& attribute) {
  const ByteView value = attribute.value;
  const std::uint8_t family = value.u8(1);
  if (family == 1 && value.size() == 8) {
    return Address{IpAddress::v4(value.be32(4)), value.be16(2)};
  }
  if (family == 2 && value.size() == 20) {
    return Address{IpAddress::v6(value.from(4)), value.be16(2)};
  }
  return std::nullopt;
}

std::optional<Address> xor_address(const Message& message, const Attribute& attribute) {
  std::optional<Address> result = address(attribute);
  if (!result) return result;
  const ByteView key = message.header.from(4);
  result->port = static_cast<std::uint16_t>(result->port ^ key.be16(0));
  if (attribute.value.size() == 8) {
    result->ip.low ^= key.be32(0);
  } else {
    result->ip.high ^= key.be64(0);
    result->ip.low ^= key.be64(8);
  }
  return result;
}

std::optional<Address> mapped_address(const Message& message) {
  for (const std::uint16_t type : {attribute::kXorMappedAddress, attribute::kMsXorMappedAddress}) {
    if (const auto found = find_attribute(message, type)) return xor_address(message, *found);
  }
  const auto found = find_attribute(message, attribute::kMappedAddress);
  return found ? address(*found) : std::nullopt;
}

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |           Reserved, should be 0         |Class|     Number    |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
std::optional<std::uint16_t> error_code(const Message& message) {
  const auto found = find_attribute(message, attribute::kErrorCode);
  if (!found || found->value.size() < 4) return std::nullopt;
  const unsigned hundreds = found->value.u8(2) & 7U;
  const unsigned number = found->value.u8(3);
  if (hundreds < 3 || hundreds > 6 || number > 99) return std::nullopt;
  return static_cast<std::uint16_t>(hundreds * 100 + number);
}

std::string_view text(const Message& message, std::uint16_t type) {
  const auto found = find_attribute(message, type);
  if (!found) return {};
  const std::string_view value = found->value.text();
  return value.substr(0, value.find_last_not_of('\0') + 1);
}

}  // namespace deadair::proto::stun
