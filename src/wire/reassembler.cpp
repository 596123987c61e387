// Keeps fragments until their datagram is complete, then rebuilds it.
#include "wire/reassembler.hpp"

#include <algorithm>
#include <utility>

namespace deadair::wire {
namespace {

// RFC 791 asks for 15 s and more, RFC 8200 for 60 s; Linux waits 30 s for IPv4.
constexpr std::uint64_t kTimeoutNs = 30'000'000'000;
constexpr std::uint32_t kMaxDatagram = 65535;
// What the containers take besides the bytes themselves, roughly.
constexpr std::size_t kEntryCost = 320, kPieceCost = 72;

bool timed_out(std::int64_t first_ns, std::int64_t now_ns) {
  return now_ns > first_ns &&
         static_cast<std::uint64_t>(now_ns) - static_cast<std::uint64_t>(first_ns) > kTimeoutNs;
}

void put_be16(std::vector<std::uint8_t>& bytes, std::size_t at, std::uint32_t value) {
  bytes[at] = static_cast<std::uint8_t>(value >> 8);
  bytes[at + 1] = static_cast<std::uint8_t>(value);
}

// RFC 1071 over an IPv4 header whose checksum field is zero.
std::uint32_t header_checksum(ByteView header) {
  std::uint32_t sum = 0;
  for (std::size_t at = 0; at < header.size(); at += 2) sum += header.be16(at);
  while (sum > 0xffff) sum = (sum >> 16) + (sum & 0xffff);
  return ~sum & 0xffff;
}

void correct_ipv4(std::vector<std::uint8_t>& header, std::uint32_t length) {
  put_be16(header, 2, length);
  put_be16(header, 6, 0);
  put_be16(header, 10, 0);
  put_be16(header, 10, header_checksum(std::span<const std::uint8_t>(header)));
}

}  // namespace

Undecoded Reassembler::add(const FragmentPart& part, Datagram& out) {
  const Fragment& place = part.body.fragment;
  const std::uint32_t size = part.body.pdu.wire_len;
  const std::uint32_t begin = place.offset;
  if (size == 0 || size > kMaxDatagram || begin + size > kMaxDatagram) return Undecoded::malformed;
  if (place.more && size % 8 != 0) return Undecoded::malformed;

  expire(part.ts_ns);
  const Table::iterator entry = find_or_insert(part);
  Incomplete& datagram = entry->second;
  if (datagram.refused) return Undecoded::fragment;
  if (!accept(datagram, part)) return refuse(datagram);
  datagram.frames = static_cast<std::uint16_t>(datagram.frames + part.frames);
  datagram.ip_len += part.packet.ip_len;
  if (datagram.covered == datagram.total) return deliver(entry, part, out);
  return fit_budget(entry, part) ? Undecoded::held_fragment : Undecoded::fragment;
}

void Reassembler::give_up_all() {
  while (!by_age_.empty()) abandon(by_age_.front());
}

Reassembler::Key Reassembler::key_of(const FragmentPart& part) {
  const Packet& packet = part.packet;
  const std::uint8_t proto = packet.ip_version == 4 ? part.body.proto : std::uint8_t{0};
  return {packet.src, packet.dst, part.body.fragment.id, packet.ip_version, proto};
}

Reassembler::Table::iterator Reassembler::find_or_insert(const FragmentPart& part) {
  const Key key = key_of(part);
  const auto found = table_.find(key);
  if (found != table_.end()) {
    if (!timed_out(found->second.first_ts_ns, part.ts_ns)) return found;
    abandon(found);
  }
  const auto entry = table_.emplace(key, Incomplete{}).first;
  entry->second.first_ts_ns = part.ts_ns;
  entry->second.age = by_age_.insert(by_age_.end(), entry);
  charge(entry->second, kEntryCost);
  return entry;
}

bool Reassembler::accept(Incomplete& datagram, const FragmentPart& part) {
  const std::uint32_t begin = part.body.fragment.offset;
  const std::uint32_t end = begin + part.body.pdu.wire_len;
  const std::uint32_t highest = datagram.pieces.empty() ? 0 : datagram.pieces.back().end;
  if (datagram.frames + part.frames > 0xffff) return false;
  if (datagram.total != 0 && end > datagram.total) return false;
  if (!part.body.fragment.more) {
    if (end < highest || (datagram.total != 0 && end != datagram.total)) return false;
    datagram.total = end;
  }
  if (begin == 0 && datagram.header.empty()) keep_header(datagram, part);
  return part.packet.ip_version == 4 ? fill_gaps(datagram, part, begin, end)
                                     : insert_whole(datagram, part, begin, end);
}

void Reassembler::keep_header(Incomplete& datagram, const FragmentPart& part) {
  const ByteView header = part.packet.ip.first(part.body.fragment.header_len);
  datagram.header.assign(header.begin(), header.end());
  datagram.next_header_at = part.body.fragment.next_header_at;
  datagram.next_header = part.body.proto;
  charge(datagram, header.size());
}

bool Reassembler::fill_gaps(Incomplete& datagram, const FragmentPart& part, std::uint32_t begin,
                            std::uint32_t end) {
  std::size_t next = first_ending_after(datagram, begin);
  while (begin < end) {
    if (next == datagram.pieces.size() || datagram.pieces[next].begin >= end) {
      store(datagram, next, part, begin, end);
      return true;
    }
    if (begin < datagram.pieces[next].begin) {
      store(datagram, next, part, begin, datagram.pieces[next].begin);
      ++next;
    }
    begin = datagram.pieces[next].end;
    ++next;
  }
  return true;
}

bool Reassembler::insert_whole(Incomplete& datagram, const FragmentPart& part, std::uint32_t begin,
                               std::uint32_t end) {
  const std::size_t next = first_ending_after(datagram, begin);
  if (next == datagram.pieces.size() || datagram.pieces[next].begin >= end) {
    store(datagram, next, part, begin, end);
    return true;
  }
  return datagram.pieces[next].begin == begin && datagram.pieces[next].end == end;
}

std::size_t Reassembler::first_ending_after(const Incomplete& datagram, std::uint32_t place) {
  const auto found =
      std::upper_bound(datagram.pieces.begin(), datagram.pieces.end(), place,
                       [](std::uint32_t at, const Piece& piece) { return at < piece.end; });
  return static_cast<std::size_t>(found - datagram.pieces.begin());
}

void Reassembler::store(Incomplete& datagram, std::size_t at, const FragmentPart& part,
                        std::uint32_t begin, std::uint32_t end) {
  const ByteView bytes = part.body.pdu.bytes.sub(begin - part.body.fragment.offset, end - begin);
  datagram.pieces.insert(datagram.pieces.begin() + static_cast<std::ptrdiff_t>(at),
                         Piece{begin, end, {bytes.begin(), bytes.end()}});
  datagram.covered += end - begin;
  charge(datagram, kPieceCost + bytes.size());
}

Undecoded Reassembler::deliver(Table::iterator entry, const FragmentPart& part, Datagram& out) {
  Incomplete& datagram = entry->second;
  const auto length = static_cast<std::uint32_t>(datagram.header.size()) + datagram.total;
  const bool ipv4 = entry->first.ip_version == 4;
  if (length > kMaxDatagram + (ipv4 ? 0U : 40U)) {
    count_lost(std::uint64_t{datagram.frames} - part.frames);
    erase(entry);
    return Undecoded::malformed;
  }
  std::vector<std::uint8_t> bytes = std::move(datagram.header);
  if (ipv4) {
    correct_ipv4(bytes, length);
  } else {
    put_be16(bytes, 4, length - 40);
    bytes[datagram.next_header_at] = datagram.next_header;
  }
  bytes.reserve(length);
  for (const Piece& piece : datagram.pieces) {
    bytes.insert(bytes.end(), piece.bytes.begin(), piece.bytes.end());
    if (piece.bytes.size() < piece.end - piece.begin) break;  // what follows has lost its place
  }
  out.frames = datagram.frames;
  out.ip_len = datagram.ip_len;
  erase(entry);
  delivered_.push_back(std::move(bytes));
  out.pdu = {ByteView(delivered_.back()), length};
  return Undecoded::none;
}

Undecoded Reassembler::refuse(Incomplete& datagram) {
  datagram.refused = true;
  count_lost(datagram.frames);
  datagram.frames = 0;
  datagram.pieces = {};
  datagram.header = {};
  used_ -= datagram.cost - kEntryCost;
  datagram.cost = kEntryCost;
  return Undecoded::fragment;
}

void Reassembler::charge(Incomplete& datagram, std::size_t bytes) {
  datagram.cost += bytes;
  used_ += bytes;
}

void Reassembler::expire(std::int64_t now_ns) {
  while (!by_age_.empty() && timed_out(by_age_.front()->second.first_ts_ns, now_ns))
    abandon(by_age_.front());
}

bool Reassembler::fit_budget(Table::iterator newest, const FragmentPart& part) {
  while (used_ > budget_) {
    const Table::iterator oldest = by_age_.front();
    const bool own = oldest == newest;
    if (own)
      oldest->second.frames = static_cast<std::uint16_t>(oldest->second.frames - part.frames);
    abandon(oldest);
    if (own) return false;
  }
  return true;
}

void Reassembler::abandon(Table::iterator entry) {
  count_lost(entry->second.frames);
  erase(entry);
}

void Reassembler::erase(Table::iterator entry) {
  used_ -= entry->second.cost;
  by_age_.erase(entry->second.age);
  table_.erase(entry);
}

}  // namespace deadair::wire
