// Makes the packets of a TLS chat one after the other, hellos as in RFC 5246 section 7.4.1.
#include "tls_chat.hpp"

#include <array>
#include <string_view>

namespace deadair::bench {
namespace {

constexpr std::array<std::string_view, 8> kServers{
    "edge-chat.facebook.com", "g.whatsapp.net",   "mmg.whatsapp.net",
    "www.example.org",        "web.telegram.org", "client-s.gateway.messenger.live.com",
    "mail.example.com",       "chat.signal.org"};
constexpr std::uint32_t kHandshake = 22;
constexpr std::uint32_t kApplicationData = 23;
constexpr std::uint32_t kClientHello = 1;
constexpr std::uint32_t kServerHello = 2;

void put_server_name(BytesOut& out, std::string_view name) {
  out.u16(0);
  const std::size_t extension = out.open();
  const std::size_t list = out.open();
  out.u8(0);
  const std::size_t entry = out.open();
  out.text(name);
  out.close(entry);
  out.close(list);
  out.close(extension);
}

void put_groups(BytesOut& out) {
  out.u16(10);
  const std::size_t extension = out.open();
  const std::size_t list = out.open();
  for (const std::uint32_t group : {29, 23, 24}) out.u16(group);
  out.close(list);
  out.close(extension);
}

// What both hellos begin with: record and handshake headers, version, random and session id.
struct Open {
  std::size_t record;
  std::size_t handshake;
};

Open open_hello(BytesOut& out, std::uint32_t type, Random& random) {
  out.u8(kHandshake);
  out.u16(0x0303);
  const std::size_t record = out.open();
  out.u8(type);
  out.u8(0);
  const std::size_t handshake = out.open();
  out.u16(0x0303);
  out.random(random, 32);
  out.u8(32);
  out.random(random, 32);
  return {record, handshake};
}

void close_hello(BytesOut& out, const Open& open) {
  out.close(open.handshake);
  out.close(open.record);
}

void put_client_hello(BytesOut& out, std::string_view name, Random& random) {
  const Open open = open_hello(out, kClientHello, random);
  const std::size_t suites = out.open();
  for (const std::uint32_t suite : {0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8}) out.u16(suite);
  out.close(suites);
  out.u16(0x0100);  // one compression method: none
  const std::size_t extensions = out.open();
  put_server_name(out, name);
  put_groups(out);
  out.close(extensions);
  close_hello(out, open);
}

void put_server_hello(BytesOut& out, Random& random) {
  const Open open = open_hello(out, kServerHello, random);
  out.u16(0xc02f);
  out.u8(0);
  close_hello(out, open);
}

void put_application_data(BytesOut& out, Random& random) {
  out.u8(kApplicationData);
  out.u16(0x0303);
  const std::size_t record = out.open();
  out.random(random, random.between(40, 400));
  out.close(record);
}

}  // namespace

std::span<const std::uint8_t> TlsChat::up(FrameBuilder& frames, std::uint8_t flags,
                                          Payload payload) {
  const TcpFields fields{client_next_, (flags & kAck) != 0 ? server_next_ : 0, flags};
  client_next_ += static_cast<std::uint32_t>(payload.size());
  if ((flags & (kSyn | kFin)) != 0) client_next_++;
  return frames.tcp(client_, server_, fields, payload);
}

std::span<const std::uint8_t> TlsChat::down(FrameBuilder& frames, std::uint8_t flags,
                                            Payload payload) {
  const TcpFields fields{server_next_, client_next_, flags};
  server_next_ += static_cast<std::uint32_t>(payload.size());
  if ((flags & (kSyn | kFin)) != 0) server_next_++;
  return frames.tcp(server_, client_, fields, payload);
}

std::span<const std::uint8_t> TlsChat::set_up(std::uint32_t step, FrameBuilder& frames) {
  BytesOut payload;
  switch (step) {
    case 0:
      return up(frames, kSyn);
    case 1:
      return down(frames, kSyn | kAck);
    case 2:
      return up(frames, kAck);
    case 3:
      put_client_hello(payload, kServers[random_.below(kServers.size())], random_);
      return up(frames, kAck | kPsh, payload.view());
    case 4:
      put_server_hello(payload, random_);
      return down(frames, kAck | kPsh, payload.view());
    default:
      return up(frames, kAck);
  }
}

std::span<const std::uint8_t> TlsChat::message(std::uint32_t step, FrameBuilder& frames) {
  BytesOut payload;
  if (step % 2 == 0) put_application_data(payload, random_);
  const auto flags = static_cast<std::uint8_t>(step % 2 == 0 ? kAck | kPsh : kAck);
  const bool is_up = step % 4 == 0 || step % 4 == 3;
  return is_up ? up(frames, flags, payload.view()) : down(frames, flags, payload.view());
}

std::span<const std::uint8_t> TlsChat::close(std::uint32_t step, FrameBuilder& frames) {
  if (step == 1) return down(frames, kFin | kAck);
  return up(frames, step == 0 ? kFin | kAck : kAck);
}

std::span<const std::uint8_t> TlsChat::packet(std::uint32_t step, FrameBuilder& frames) {
  if (step < kSetUpSteps) return set_up(step, frames);
  if (step < kSetUpSteps + 4 * kMessages) return message(step - kSetUpSteps, frames);
  return close(step - kSetUpSteps - 4 * kMessages, frames);
}

}  // namespace deadair::bench
