// Turns a datagram, or one message of a TCP stream, into a STUN or TURN message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>

#include "bytes/byte_view.hpp"
#include "bytes/ip_address.hpp"
#include "bytes/parse_status.hpp"
#include "proto/stun_types.hpp"

namespace deadair::proto::stun {

enum class Class : std::uint8_t { request, indication, success, error };

// One attribute; `value` is a view into the message and may be empty, or shorter than `length` when
// the capture ends inside it.
struct Attribute {
  std::uint16_t type = 0;
  std::uint16_t length = 0;  // of the value on the wire
  ByteView value;
};

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |         Type                  |            Length             |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                         Value (variable)                ....
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// The attributes of a message in order (RFC 8489 section 14), for range-for. Attributes whose
// header was captured are visited, so a truncated message shows what it has. `padding` is what each
// value is padded to: 4 bytes, or 1 for senders that do not pad.
class Attributes {
 public:
  class Iterator {
   public:
    using value_type = Attribute;
    using difference_type = std::ptrdiff_t;
    using reference = const Attribute&;
    using pointer = const Attribute*;
    using iterator_category = std::input_iterator_tag;

    Iterator() = default;
    Iterator(ByteView rest, std::size_t padding) : rest_(rest), padding_(padding) { load(); }
    const Attribute& operator*() const { return current_; }
    const Attribute* operator->() const { return &current_; }
    Iterator& operator++() {
      load();
      return *this;
    }
    void operator++(int) { load(); }
    friend bool operator==(const Iterator& it, std::default_sentinel_t) { return it.done_; }

   private:
    void load();

    ByteView rest_;
    std::size_t padding_ = 4;
    Attribute current_;
    bool done_ = true;
  };

  Attributes() = default;
  Attributes(ByteView bytes, std::size_t padding) : bytes_(bytes), padding_(padding) {}
  [[nodiscard]] Iterator begin() const { return {bytes_, padding_}; }
  [[nodiscard]] static std::default_sentinel_t end() { return {}; }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }

 private:
  ByteView bytes_;
  std::size_t padding_ = 4;
};

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |0 0|     STUN Message Type     |         Message Length        |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                         Magic Cookie                          |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                     Transaction ID (96 bits)                  |
// |                                                               |
// |                                                               |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// RFC 8489 section 5. In RFC 3489 the cookie's place is part of a 128-bit transaction id.
struct Message {
  std::uint16_t type = 0;    // as on the wire: class and method together
  std::uint16_t method = 0;  // method::*, 0 to 0xfff
  std::uint16_t length = 0;  // bytes after the header, as on the wire
  Class kind = Class::request;
  bool magic_cookie = false;  // false: RFC 3489 message
  bool aligned = true;        // false: attributes without padding, as WhatsApp and Teams send them
  ByteView header;            // the 20 bytes
  Attributes attributes;

  // 12 bytes, or 16 when there is no magic cookie.
  [[nodiscard]] ByteView transaction_id() const { return header.from(magic_cookie ? 8 : 4); }
};

// An address with its port, in host order.
struct Address {
  IpAddress ip;
  std::uint16_t port = 0;
};

// Reads the message that fills a datagram of `wire_len` bytes, of which `captured` holds the first.
// Without the magic cookie the method and every attribute must be one of RFC 3489, RFC 8656 or
// MS-TURN, its value of the right size, so that chance does not make STUN of other traffic; with or
// without it the lengths must add up to the datagram.
// With the cookie, attributes may lack their padding, all of them (Teams) or the last (WhatsApp).
// `truncated`: the header and the captured attributes are in `out`.
ParseStatus parse(ByteView captured, std::size_t wire_len, Message& out);

// The first attribute of that type.
std::optional<Attribute> find_attribute(const Message& message, std::uint16_t type);

// MAPPED-ADDRESS and its like (RFC 8489 section 14.1); nothing when the value is not an address.
std::optional<Address> address(const Attribute& attribute);
// XOR-MAPPED-ADDRESS and its like (RFC 8489 section 14.2); `message` gives the key.
std::optional<Address> xor_address(const Message& message, const Attribute& attribute);
// The first XOR-MAPPED-ADDRESS, MS-XOR-MAPPED-ADDRESS or MAPPED-ADDRESS, in this order.
std::optional<Address> mapped_address(const Message& message);

// Class * 100 + number of the ERROR-CODE attribute, 300 to 699 (RFC 8489 section 14.8).
std::optional<std::uint16_t> error_code(const Message& message);

// The value of a text attribute (REALM, SOFTWARE, USERNAME ...) without trailing NULs; empty when
// there is none. The bytes are the sender's and may be anything.
std::string_view text(const Message& message, std::uint16_t type);

}  // namespace deadair::proto::stun
