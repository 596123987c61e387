// Puts DNS questions and answers together in packet order, and keeps what forged answers differ
// from.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "classify/ring_map.hpp"
#include "interference/dns_story.hpp"

namespace deadair::interference {

// How one resolver answers: sole answers to questions of which nothing else is suspicious.
class ResolverHabit {
 public:
  static constexpr std::size_t kMostTtls = 6, kLatencies = 64;
  struct Ttl {
    std::uint8_t value = 0;
    std::uint32_t answers = 0;
    std::uint64_t name = 0;  // hash of the one name answered so
    bool several_names = false;
  };

  void add(const DnsQuestion& question, const DnsAnswer& answer);

  [[nodiscard]] std::uint64_t answers() const { return answers_; }
  // Those that are no error.
  [[nodiscard]] std::uint64_t good_answers() const { return good_; }
  // Those with an address.
  [[nodiscard]] std::uint64_t addresses() const { return addresses_; }
  [[nodiscard]] std::span<const Ttl> ttls() const { return std::span(ttls_).first(ttl_count_); }
  [[nodiscard]] bool ttl_varies() const { return ttl_varies_; }
  // Answers to other names had this TTL.
  [[nodiscard]] bool used_ttl(std::uint8_t ttl, std::uint64_t but_for_name) const;
  // Steps of 1 to 64, at least three.
  [[nodiscard]] bool counts_ip_ids() const { return !id_broken_ && id_steps_ >= 2; }
  [[nodiscard]] std::uint16_t last_ip_id() const { return id_last_; }
  // Of answers to questions with an OPT record, how many had one; RFC 6891 section 6.1.1.
  [[nodiscard]] std::uint64_t asked_with_opt() const { return opt_asked_; }
  [[nodiscard]] std::uint64_t echoed_opt() const { return opt_echoed_; }
  [[nodiscard]] std::uint64_t authoritative() const { return authoritative_; }
  [[nodiscard]] std::uint64_t recursive() const { return recursive_; }
  // Nanoseconds; nothing when no latency is known.
  [[nodiscard]] std::optional<std::int64_t> nearest() const;
  [[nodiscard]] std::uint64_t latencies() const { return latency_count_; }
  // The latency that a twentieth of the answers stay below, one of latency `but_for` left out.
  // Nothing when fewer than ten remain.
  [[nodiscard]] std::optional<std::int64_t> fifth_percentile(std::int64_t but_for) const;
  // The same some answers ago, without leaving any out; 0 when there were fewer than ten. Costs
  // nothing: what lies above it need not be compared.
  [[nodiscard]] std::int64_t rough_fifth() const { return rough_fifth_; }

 private:
  void add_ttl(const DnsQuestion& question, const DnsAnswer& answer);
  void add_ip_id(std::uint16_t id);
  void add_latency(std::int64_t latency_ns);

  std::uint64_t answers_ = 0, good_ = 0, addresses_ = 0, opt_asked_ = 0, opt_echoed_ = 0,
                authoritative_ = 0, recursive_ = 0;
  std::uint64_t latency_count_ = 0;
  std::int64_t nearest_ = std::numeric_limits<std::int64_t>::max();
  std::array<std::int64_t, kLatencies> latencies_{};  // the last ones
  std::int64_t rough_fifth_ = 0;
  std::array<Ttl, kMostTtls> ttls_{};
  std::uint8_t ttl_count_ = 0;
  std::uint8_t id_steps_ = 0;
  bool ttl_varies_ = false, id_seen_ = false, id_broken_ = false;
  std::uint16_t id_last_ = 0;
};

// How one name fared with one resolver: the control of the same name elsewhere.
struct DnsNameRecord {
  std::uint64_t name_hash = 0;
  proto::dns::Name name;
  IpAddress client, resolver;
  DnsName of;
  std::uint32_t asked = 0, answered = 0, no_such_name = 0, server_failure = 0, unanswered = 0;
  wire::FrameRef last_good;
  std::int64_t first_ns = 0, last_ns = 0;
  std::uint8_t address_count = 0;
  std::array<IpAddress, 6> addresses{};  // good answers' first ones, each once
  std::array<wire::FrameRef, 6> failures{};
  std::uint8_t failure_count = 0;

  [[nodiscard]] std::span<const IpAddress> kept() const {
    return std::span(addresses).first(address_count);
  }
};

// Bounded: what does not fit is forgotten, oldest first. Nothing is allocated for a message once
// the rooms have grown to what the traffic needs.
class DnsBook {
 public:
  static constexpr std::int64_t kWindow = 5'000'000'000;  // how long answers may come
  static constexpr std::int64_t kLife = 2 * kWindow;      // of a question asked again and again
  static constexpr std::int64_t kCopy = 5'000'000;        // sooner nobody asks again
  static constexpr std::uint32_t kPending = 4096, kResolvers = 1024, kNames = 4096;
  static constexpr std::size_t kStories = 2048;

  explicit DnsBook(std::vector<IpPrefix> public_nets = {})
      : public_nets_(std::move(public_nets)), heads_(kBuckets, kEnd) {}

  // A message over UDP with port 53 at one end; multicast ones are passed over. `of` describes the
  // name that it asks for.
  void note(const wire::Packet& packet, const proto::dns::Message& message, DnsName of);
  // Packet time has come this far.
  void advance(std::int64_t now_ns);
  // No more packets come: what is open is closed, unanswered questions only if they had the time.
  void finish(std::int64_t end_ns);

  // Questions with answers that are worth a look, in the order in which they were closed.
  [[nodiscard]] std::span<const DnsTransaction> stories() const { return stories_; }
  [[nodiscard]] const ResolverHabit* habit(const IpAddress& resolver) const {
    return resolvers_.find(resolver);
  }
  // Of watched names.
  [[nodiscard]] const std::vector<DnsNameRecord>& names() const { return names_; }
  [[nodiscard]] std::span<const IpPrefix> public_nets() const { return public_nets_; }
  // Questions closed.
  [[nodiscard]] std::uint64_t closed() const { return closed_; }
  // Stories and names that found no room.
  [[nodiscard]] std::uint64_t forgotten() const { return forgotten_; }

 private:
  static constexpr std::uint32_t kEnd = 0xffff'ffff, kBuckets = 2 * kPending;
  struct AddressHash {
    std::uint64_t operator()(const IpAddress& address) const {
      return (address.high ^ address.low * 0x9e37'79b9'7f4a'7c15) >> 16;
    }
  };
  struct NameKey {
    std::uint64_t name_hash = 0;
    IpAddress client, resolver;
    friend bool operator==(const NameKey&, const NameKey&) = default;
  };
  struct NameHash {
    std::uint64_t operator()(const NameKey& key) const {
      const AddressHash hash;
      return (key.name_hash ^ hash(key.client) * 31 ^ hash(key.resolver)) >> 8;
    }
  };
  // The first of two cache lines finds a question. Names and answers lie apart, for few are read.
  struct alignas(64) Place {
    std::uint32_t next = kEnd;
    std::uint32_t bucket = 0;
    DnsQuestion question;
    bool odd_address = false;  // answered with one that no resolver should give
  };
  using Answers = std::array<DnsAnswer, DnsTransaction::kMostAnswers>;

  [[nodiscard]] std::uint32_t claim(const DnsQuestion& key, std::uint32_t bucket,
                                    std::int64_t now_ns);
  void fetch(std::uint32_t at) const;
  [[nodiscard]] std::uint32_t find(const DnsQuestion& key, std::uint32_t bucket) const;
  static void take_query(DnsQuestion& open, const wire::Packet& packet,
                         const proto::dns::Message& message);
  void take_answer(std::uint32_t at, const wire::Packet& packet,
                   const proto::dns::Message& message);
  [[nodiscard]] bool is_odd(const IpAddress& address, std::string_view name) const;
  void close_oldest(std::int64_t now_ns);
  void close(std::uint32_t at, bool had_time);
  // Learns from a sole answer; true when it does not fit what the resolver does.
  bool learn(const DnsQuestion& question, const DnsAnswer& answer, bool odd);
  void keep_story(std::uint32_t at);
  void note_name(std::uint32_t at, bool had_time);
  DnsNameRecord* name_record(std::uint32_t at);

  std::vector<IpPrefix> public_nets_;
  std::vector<Place> places_;                  // a ring, oldest first
  std::vector<proto::dns::Name> asked_names_;  // of each place
  std::vector<Answers> answers_;
  std::uint32_t oldest_ = 0;
  std::uint32_t open_ = 0;
  std::vector<std::uint32_t> heads_;
  classify::RingMap<IpAddress, ResolverHabit, AddressHash> resolvers_{kResolvers};
  classify::RingMap<NameKey, std::uint32_t, NameHash> name_places_{kNames};
  std::vector<DnsNameRecord> names_;
  std::vector<DnsTransaction> stories_;
  std::uint64_t closed_ = 0, forgotten_ = 0;
};

}  // namespace deadair::interference
