// The only file that sees nDPI's headers: its interface changes between minor versions.
#include "classify/witness.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <unordered_map>
#include <vector>

#include <ndpi/ndpi_api.h>

#include "bytes/error.hpp"
#include "bytes/hash.hpp"

// Debian 12 has 4.2. What later versions changed, from their headers:
//   4.6   process_packet takes what the caller knows of the flow
//   4.10  init takes a global context; giveup has no guess switch
//   4.12  the protocol pair moved into a member
//   5.0   all dissectors are on from the start; giveup reports no guess
#define DEADAIR_NDPI_AT_LEAST(major, minor) \
  (NDPI_MAJOR > (major) || (NDPI_MAJOR == (major) && NDPI_MINOR >= (minor)))

namespace deadair::classify {
namespace {

// After how many packets with payload nDPI is no longer asked. For UDP its own examples ask 16
// times ("8 is enough for most protocols, Signal requires more"), for TCP 80 times "due to telnet",
// where NFStream is content with 10; its reader asks 24 and 80 times, and so do we to have a first
// label refined. In the middle of a connection hardly any dissector finds a beginning that it
// knows.
constexpr std::uint32_t kMostUdp = 24, kMostTcp = 80;
constexpr std::uint32_t kUnknownUdp = 16, kUnknownTcp = 10, kUnknownMidway = 5;
// A pool larger than this many idle states gives memory back.
constexpr std::size_t kMostSpare = 4096;

std::uint32_t label_of(const ndpi_protocol& answer) {
#if DEADAIR_NDPI_AT_LEAST(4, 12)
  const auto& pair = answer.proto;
#else
  const auto& pair = answer;
#endif
  return std::uint32_t{pair.master_protocol} << 16 | pair.app_protocol;
}

bool names_app(std::uint32_t label) { return (label & 0xffff) != NDPI_PROTOCOL_UNKNOWN; }

bool is_dns(std::uint32_t label) {
  return label >> 16 == NDPI_PROTOCOL_DNS || (label & 0xffff) == NDPI_PROTOCOL_DNS;
}

std::uint32_t most_packets(const wire::Packet& packet, bool named, bool from_start) {
  if (packet.proto != wire::ip_proto::kTcp) return named ? kMostUdp : kUnknownUdp;
  if (named) return kMostTcp;
  return from_start ? kUnknownTcp : kUnknownMidway;
}

// What nDPI said of DNS messages, for those that come again and again: its answer rests on the
// message but its ID, and on whose networks the ends are in. Those of private clients are nobody's.
class DnsLabels {
 public:
  // Not 0 when the answer for such a packet may be kept.
  static std::uint64_t key_of(const wire::Packet& packet) {
    const bool asked = packet.dst_port == kDns, answered = packet.src_port == kDns;
    if (packet.proto != wire::ip_proto::kUdp || asked == answered) return 0;
    if (packet.payload.size() != packet.payload_len || packet.payload_len <= kIdLength) return 0;
    if (!is_private(asked ? packet.src : packet.dst)) return 0;
    return key_of(packet.payload.from(kIdLength), asked ? packet.dst : packet.src, asked) | 1;
  }
  // 0 when nothing is kept for the key.
  [[nodiscard]] std::uint32_t find(std::uint64_t key) const {
    const Entry& entry = entries_[place_of(key)];
    return entry.key == key ? entry.label : 0;
  }
  void keep(std::uint64_t key, std::uint32_t label) { entries_[place_of(key)] = {key, label}; }

 private:
  struct Entry {
    std::uint64_t key = 0;
    std::uint32_t label = 0;
  };
  static constexpr std::uint16_t kDns = 53;
  static constexpr std::size_t kIdLength = 2, kEntries = 4096;

  static std::size_t place_of(std::uint64_t key) { return key >> 32 & (kEntries - 1); }
  static std::uint64_t key_of(ByteView message, const IpAddress& resolver, bool asked) {
    constexpr std::uint64_t kOdd = 0x9e37'79b9'7f4a'7c15;
    std::uint64_t key = hash_of(resolver, message.size() * 2 + (asked ? 1 : 0), kOdd);
    std::size_t at = 0;
    for (; message.has(at, 8); at += 8) key = mix(key ^ message.be64(at));
    for (; at < message.size(); ++at) key = mix(key ^ message.u8(at));
    return key;
  }

  std::vector<Entry> entries_ = std::vector<Entry>(kEntries);
};

}  // namespace

std::string witness_version() { return std::string("nDPI ") + ndpi_revision(); }

struct Witness::Impl {
  ndpi_detection_module_struct* module = nullptr;
  std::vector<Testimony> spare;
  DnsLabels dns_labels;
  std::unordered_map<std::uint32_t, std::string> names;

  Testimony take() {
    if (!spare.empty()) {
      Testimony state = spare.back();
      spare.pop_back();
      return state;
    }
    return clear(static_cast<Testimony>(ndpi_flow_malloc(SIZEOF_FLOW_STRUCT)));
  }

  static Testimony clear(Testimony state) {
    if (state != nullptr) std::memset(static_cast<void*>(state), 0, SIZEOF_FLOW_STRUCT);
    return state;
  }

  void put_back(Testimony& state) {
    if (spare.size() < kMostSpare) {
      ndpi_free_flow_data(state);
      spare.push_back(clear(state));
    } else {
      ndpi_free_flow(state);
    }
    state = nullptr;
  }

  ndpi_protocol process(Testimony state, const wire::Packet& packet) {
    const auto length =
        static_cast<unsigned short>(std::min<std::size_t>(packet.ip.size(), 0xffff));
    const auto time_ms = static_cast<u_int64_t>(packet.ts_ns / 1'000'000);
#if DEADAIR_NDPI_AT_LEAST(4, 6)
    return ndpi_detection_process_packet(module, state, packet.ip.data(), length, time_ms, nullptr);
#else
    return ndpi_detection_process_packet(module, state, packet.ip.data(), length, time_ms);
#endif
  }

  std::uint32_t give_up(Testimony state) {
#if DEADAIR_NDPI_AT_LEAST(5, 0)
    return label_of(ndpi_detection_giveup(module, state));
#else
    u_int8_t guessed = 0;
#if DEADAIR_NDPI_AT_LEAST(4, 10)
    return label_of(ndpi_detection_giveup(module, state, &guessed));
#else
    return label_of(ndpi_detection_giveup(module, state, 1, &guessed));
#endif
#endif
  }
};

Witness::Witness() : impl_(std::make_unique<Impl>()) {
#if DEADAIR_NDPI_AT_LEAST(4, 10)
  impl_->module = ndpi_init_detection_module(nullptr);
#else
  impl_->module = ndpi_init_detection_module(ndpi_no_prefs);
#endif
  if (impl_->module == nullptr) throw Error("nDPI did not start; run with --no-witness");
#if !DEADAIR_NDPI_AT_LEAST(5, 0)
  // All dissectors: with fewer, nDPI's weaker tests fire in their place.
  NDPI_PROTOCOL_BITMASK all;
  NDPI_BITMASK_SET_ALL(all);
  ndpi_set_protocol_detection_bitmask2(impl_->module, &all);
#endif
  ndpi_finalize_initialization(impl_->module);
}

Witness::~Witness() {
  for (Testimony state : impl_->spare) ndpi_free_flow(state);
  ndpi_exit_detection_module(impl_->module);
}

bool Witness::hear(Testimony& testimony, const wire::Packet& packet, std::uint32_t packets,
                   bool from_start, std::uint32_t& label) {
  const std::uint64_t dns_key = testimony == nullptr ? DnsLabels::key_of(packet) : 0;
  if (dns_key != 0) {
    label = impl_->dns_labels.find(dns_key);
    if (label != 0) return true;
  }
  if (testimony == nullptr) {
    testimony = impl_->take();
    if (testimony == nullptr) return true;  // no memory: it has no opinion
  }
  const ndpi_protocol answer = impl_->process(testimony, packet);
  const std::uint32_t heard = label_of(answer);
  const bool named = names_app(heard);
  const bool enough = packets + 1 >= most_packets(packet, named, from_start);
  if (!enough && !named) return false;
  // A first label may be refined (TLS certificates, STUN users); a DNS answer adds nothing to the
  // question's.
  if (!enough && !is_dns(heard) && ndpi_extra_dissection_possible(impl_->module, testimony))
    return false;
  label = named ? heard : impl_->give_up(testimony);
  if (dns_key != 0 && is_dns(heard)) impl_->dns_labels.keep(dns_key, heard);
  impl_->put_back(testimony);
  return true;
}

std::uint32_t Witness::dismiss(Testimony& testimony) {
  if (testimony == nullptr) return 0;
  const std::uint32_t label = impl_->give_up(testimony);
  impl_->put_back(testimony);
  return label;
}

std::string_view Witness::name(std::uint32_t label) {
  if (label == 0) return {};
  const auto [entry, added] = impl_->names.try_emplace(label);
  if (added) {
    ndpi_protocol pair = {};
#if DEADAIR_NDPI_AT_LEAST(4, 12)
    auto& target = pair.proto;
#else
    auto& target = pair;
#endif
    target.master_protocol = static_cast<u_int16_t>(label >> 16);
    target.app_protocol = static_cast<u_int16_t>(label);
    std::array<char, 64> text{};
#if DEADAIR_NDPI_AT_LEAST(4, 12)
    ndpi_protocol2name(impl_->module, target, text.data(), text.size());
#else
    ndpi_protocol2name(impl_->module, pair, text.data(), text.size());
#endif
    entry->second = text.data();
  }
  return entry->second;
}

}  // namespace deadair::classify
