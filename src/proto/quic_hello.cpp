// Collects the ClientHello of a QUIC connection from the datagrams of its client.
#include "proto/quic_hello.hpp"

#include "proto/chlo.hpp"
#include "proto/host_name.hpp"
#include "proto/quic_frames.hpp"
#include "proto/tls.hpp"

namespace deadair::proto::quic {
namespace {

constexpr std::string_view kChlo = "CHLO";

Dialect dialect_of(const Packet& packet) {
  return packet.header.family == Family::google ? Dialect::google : Dialect::ietf;
}

bool starts_hello(const CryptoFrame& crypto) {
  constexpr std::uint8_t kClientHello = 1;
  const ByteView data = crypto.data;
  const bool tls = data.u8(0) == kClientHello && data.u8(1) == 0 && data.be16(4) == tls::kVersion12;
  return crypto.offset == 0 && (tls || data.starts_with(kChlo));
}

// Whether bytes whose tag was not captured are frames: all of them, with a place in the hello, and,
// when nothing else speaks for the keys, with the start of one.
bool plausible(const Packet& packet, const Opened& opened, bool keys_proven) {
  Frames frames(opened.frames, dialect_of(packet), true);
  CryptoFrame crypto;
  bool any = false;
  bool start = false;
  while (frames.next(crypto)) {
    if (crypto.offset > CryptoStream::kMostBytes) return false;
    any = true;
    start = start || starts_hello(crypto);
  }
  return frames.sane() && (keys_proven ? any : start);
}

bool acceptable(ParseStatus status, const Packet& packet, const Opened& opened, bool keys_proven) {
  if (status == ParseStatus::truncated) return plausible(packet, opened, keys_proven);
  return status == ParseStatus::parsed;
}

//  extension_type = 0 (16), length (16), list length (16), name_type = 0 (8), length (16), name
// RFC 6066 section 3. The name in the extension at the start of `bytes`, or nothing.
std::string_view server_name_at(ByteView bytes) {
  const std::size_t size = bytes.be16(7);
  if (bytes.be16(0) != 0 || bytes.be16(2) != size + 5 || bytes.be16(4) != size + 3 ||
      bytes.u8(6) != 0 || size < 4) {
    return {};
  }
  const std::string_view name = bytes.sub(9, size).text();
  const bool whole = name.size() == size && is_host_name(name);
  return whole && name.find('.') != std::string_view::npos ? name : std::string_view{};
}

}  // namespace

ParseStatus HelloAssembler::add(ByteView captured, std::size_t wire_len) {
  if (complete_) return ParseStatus::parsed;
  if (done()) return ParseStatus::not_this;
  ByteView rest = captured.first(wire_len);
  bool grew = false;
  Packet packet;
  while (parse_packet(rest, wire_len, packet) != ParseStatus::not_this) {
    if (packet.header.initial && !done() && take_initial(packet)) grew = true;
    rest = rest.from(packet.wire_size);
    wire_len -= packet.wire_size;
  }
  if (!grew && packet.header.family == Family::google && packet.header.version < kGoogleQ050) {
    grew = take_google(captured);
  }
  return grew ? read() : ParseStatus::not_this;
}

bool HelloAssembler::take_initial(const Packet& packet) {
  const ByteView to = packet.header.destination_id;
  if (to.empty()) return false;  // RFC 9000 section 7.2: to a client, or long after the hello
  if (id_.size != 0 && to.equals(client_.view())) return false;
  if (id_.size != 0 && packet.header.version == version_ && try_known_keys(packet)) return true;
  return !to.equals(id_.view()) && try_new_keys(packet);
}

bool HelloAssembler::try_known_keys(const Packet& packet) {
  std::array<std::uint8_t, kMaxInitial> buffer;
  Opened opened;
  const ParseStatus status = open_initial(packet, keys_, next_number_, buffer, opened);
  if (!acceptable(status, packet, opened, true)) return false;
  if (status == ParseStatus::parsed) {
    proven_ = true;
    next_number_ = std::max(next_number_, opened.number + 1);
  }
  return take_frames(packet, opened);
}

// A first Initial, or the first one after Retry, Version Negotiation or on ports used again.
bool HelloAssembler::try_new_keys(const Packet& packet) {
  std::array<std::uint8_t, kMaxInitial> buffer;
  const LongHeader& header = packet.header;
  for (const Salt* salt : salts_of(header.version)) {
    ++tries_;
    Keys keys;
    Opened opened;
    if (!derive_initial_keys(header.version, *salt, header.destination_id, Sender::client, keys)) {
      return false;
    }
    const ParseStatus status = open_initial(packet, keys, 0, buffer, opened);
    if (!acceptable(status, packet, opened, false)) continue;
    proven_ = status == ParseStatus::parsed;
    keys_ = keys;
    version_ = header.version;
    id_.assign(header.destination_id);
    client_.assign(header.source_id);
    next_number_ = proven_ ? opened.number + 1 : 0;
    stream_.clear();
    hello_ = {};
    return take_frames(packet, opened);
  }
  return false;
}

// True when they brought something new of the hello.
bool HelloAssembler::take_frames(const Packet& packet, const Opened& opened) {
  Frames frames(opened.frames, dialect_of(packet), packet.bytes.size() < packet.wire_size);
  CryptoFrame crypto;
  bool grew = false;
  while (frames.next(crypto)) grew = stream_.add(crypto.offset, crypto.data) || grew;
  return grew;
}

// Before Q050 Google's hello is in the clear, behind a packet number, a hash of 12 bytes and a
// STREAM frame of varying form, perhaps an ACK: the message itself is the better landmark.
bool HelloAssembler::take_google(ByteView datagram) {
  constexpr std::size_t kFirstAt = 20;
  constexpr std::size_t kLastAt = 128;
  for (std::size_t at = kFirstAt; at < kLastAt; ++at) {
    const ByteView bytes = datagram.from(at);
    if (!bytes.starts_with(kChlo)) continue;
    chlo::Message message;
    if (chlo::parse(bytes, message) == ParseStatus::not_this) continue;
    return stream_.add(0, message.size != 0 ? bytes.first(message.size) : bytes);
  }
  return false;
}

ParseStatus HelloAssembler::read() {
  const ByteView message = stream_.start();
  const ParseStatus status = message.starts_with(kChlo) ? read_google(message) : read_tls(message);
  if (hello_.sni.empty()) read_loose_pieces();
  complete_ = status != ParseStatus::truncated;
  return status;
}

ParseStatus HelloAssembler::read_tls(ByteView message) {
  tls::ClientHello hello;
  const ParseStatus status = tls::parse_client_hello_message(message, hello);
  hello_ = {hello.sni, hello.alpn, {}, hello.ech};
  return status;
}

ParseStatus HelloAssembler::read_google(ByteView message) {
  chlo::Message hello;
  const ParseStatus status = chlo::parse(message, hello);
  hello_ = {hello.sni, {}, hello.user_agent, false};
  return status;
}

// When the capture lacks the start of the hello, its name may still be in another piece.
void HelloAssembler::read_loose_pieces() {
  for (std::size_t i = 0; i < stream_.loose_pieces(); ++i) {
    const ByteView piece = stream_.loose_piece(i);
    for (std::size_t at = 0; at + 9 < piece.size() && hello_.sni.empty(); ++at) {
      hello_.sni = server_name_at(piece.from(at));
    }
  }
}

}  // namespace deadair::proto::quic
