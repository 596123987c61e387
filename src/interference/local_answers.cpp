// Counts odd answers by resolver and address, and finds addresses inside others.
#include "interference/local_answers.hpp"

#include <algorithm>
#include <array>

#include "interference/data/dns_addresses.hpp"
#include "interference/fates.hpp"

namespace deadair::interference {
namespace {

constexpr std::array kMadeUp = {IpPrefix{IpAddress::v4(0xc612'0000), 15},
                                IpPrefix{{0xfc00'0000'0000'0000, 0}, 18}};

// Each name its own: a table, and not one address for whatever is refused.
bool is_table(const std::map<IpAddress, std::set<std::uint64_t>>& names_of) {
  return names_of.size() >= LocalAnswers::kManyNames &&
         std::ranges::all_of(names_of, [](const auto& entry) { return entry.second.size() == 1; });
}

}  // namespace

LocalAnswers::LocalAnswers(const DnsBook& book) : book_(&book) {
  for (const DnsTransaction& story : book.stories()) {
    if (!is_public_name(story.name.view())) continue;
    for (const DnsAnswer& answer : story.kept()) {
      for (const IpAddress& address : answer.kept()) {
        if (!is_bogon(address, book.public_nets())) continue;
        note(story, address);
        if (is_made_up(address)) made_up_[story.resolver][address].insert(story.name_hash);
      }
    }
  }
}

void LocalAnswers::note(const DnsTransaction& story, const IpAddress& address) {
  Given& given = given_[{story.resolver, address}];
  if (given.answers++ == 0) given.good_first = story.addresses_before;
  given.good_last = story.addresses_before;
  given.sites.insert(site_of(story.name.view()));
  given.nobodys = given.nobodys || !story.of.watched;
}

// Login pages answer whatever is asked, and in any resolver's name, but for the few names that a
// login needs (captive portals: RFC 8952). Who forges answers does it for some names,
// and the rest are answered well meanwhile.
bool LocalAnswers::to_all(const Given& given) {
  constexpr std::uint64_t kNearly = 4;  // of five
  return given.sites.size() >= kManyNames && given.nobodys &&
         (given.good_last - given.good_first) * kNearly <= given.answers;
}

bool LocalAnswers::is_near(const IpAddress& resolver) const {
  return is_private(resolver, book_->public_nets());
}

bool LocalAnswers::holds_good_v4(const DnsTransaction& story, const IpAddress& address) const {
  return std::ranges::any_of(book_->names(), [&](const DnsNameRecord& record) {
    return record.name_hash == story.name_hash && record.client == story.client &&
           std::ranges::any_of(record.kept(), [&](const IpAddress& one) {
             return one.is_v4() && !is_bogon(one, book_->public_nets()) && embeds(address, one);
           });
  });
}

OwnChoice LocalAnswers::choice(const DnsTransaction& story, const IpAddress& address) const {
  if (address == story.resolver) return OwnChoice::itself;
  if (holds_good_v4(story, address)) return OwnChoice::embedded;
  const auto table = made_up_.find(story.resolver);
  if (is_made_up(address) && table != made_up_.end() && is_table(table->second))
    return OwnChoice::made_up;
  // Networks that pass on a forged answer give one for many names as well, if it is a known one.
  if (published_address(address) != nullptr) return OwnChoice::none;
  const auto given = given_.find({story.resolver, address});
  if (given == given_.end()) return OwnChoice::none;
  if (is_near(story.resolver) && given->second.sites.size() >= kManyNames)
    return OwnChoice::for_many;
  return to_all(given->second) ? OwnChoice::for_all : OwnChoice::none;
}

OwnChoice LocalAnswers::choice(const DnsTransaction& story, const DnsAnswer& answer) const {
  OwnChoice out = OwnChoice::none;
  for (const IpAddress& address : answer.kept()) {
    if (!is_bogon(address, book_->public_nets()) && published_address(address) == nullptr) continue;
    out = choice(story, address);
    if (out == OwnChoice::none) return out;
  }
  return out;
}

bool is_made_up(const IpAddress& address) {
  return std::ranges::any_of(kMadeUp,
                             [&](const IpPrefix& range) { return range.contains(address); });
}

bool embeds(const IpAddress& v6, const IpAddress& v4) {
  if (v6.is_v4() || !v4.is_v4()) return false;
  constexpr std::array<std::size_t, 6> kPrefixBytes = {4, 5, 6, 7, 8, 12};
  constexpr std::size_t kReserved = 8;  // bits 64 to 71 are never part of it
  const auto byte = [&v6](std::size_t at) {
    return static_cast<std::uint8_t>((at < 8 ? v6.high : v6.low) >> (56 - 8 * (at % 8)));
  };
  return std::ranges::any_of(kPrefixBytes, [&](std::size_t at) {
    std::uint32_t held = 0;
    for (int i = 0; i < 4; ++i, ++at) {
      if (at == kReserved) ++at;
      held = held << 8 | byte(at);
    }
    return held == v4.v4();
  });
}

}  // namespace deadair::interference
