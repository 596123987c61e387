// Header fields of forged packets: TTL, IP ID and window, copied, counted, chosen or computed.
#include "actions/forgery.hpp"

#include <algorithm>
#include <charconv>

namespace deadair::middlebox {
namespace {

constexpr int kUnseenTtl = 64;  // of a sender that has not shown one yet: Linux's
constexpr std::int64_t kSixteenBits = 65'535;

}  // namespace

Forgery Forgery::from(Fields& fields) {
  Forgery forgery;
  forgery.read_ttl(fields);
  forgery.read_ip_id(fields);
  forgery.read_window(fields);
  forgery.dont_fragment_ = fields.flag("df", true);
  return forgery;
}

void Forgery::read_ttl(Fields& fields) {
  const Json* value = fields.find("ttl");
  if (value == nullptr || *value == "mirror") return;
  if (!value->is_string()) {
    relative_ttl_ = false;
    ttl_ = static_cast<int>(fields.integer("ttl", std::nullopt, 1, 255));
    return;
  }
  std::string_view text = value->get_ref<const std::string&>();
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.begin(), text.end(), ttl_);
  if (error != std::errc() || end != text.end() || std::abs(ttl_) > 255)
    fields.fail("ttl", "must be a number from 1 to 255, \"mirror\", or a difference like \"-7\"");
}

void Forgery::read_ip_id(Fields& fields) {
  const Json* value = fields.find("ip_id");
  if (value == nullptr) return;
  if (value->is_object()) {
    Fields algebra(*value, fields.place("ip_id"));
    ip_id_rule_ = IpIdRule::algebra;
    k_ = static_cast<std::uint32_t>(algebra.integer("k", std::nullopt, 1, 1000));
    return algebra.finish();
  }
  if (!value->is_string()) {
    ip_id_rule_ = IpIdRule::fixed;
    ip_id_ = static_cast<std::uint16_t>(fields.integer("ip_id", std::nullopt, 0, kSixteenBits));
    return;
  }
  constexpr std::array kRules = {IpIdRule::next, IpIdRule::copy, IpIdRule::random, IpIdRule::fixed};
  ip_id_rule_ = kRules[fields.choice("ip_id", {"next", "copy", "random", "zero"}, 0)];
}

void Forgery::read_window(Fields& fields) {
  const Json* value = fields.find("window");
  if (value == nullptr) return;
  if (value->is_string()) {
    window_rule_ =
        fields.choice("window", {"copy", "random"}, 0) == 0 ? WindowRule::copy : WindowRule::random;
    return;
  }
  window_rule_ = WindowRule::fixed;
  window_ = static_cast<std::uint16_t>(fields.integer("window", std::nullopt, 0, kSixteenBits));
}

Forgery::Header Forgery::next(const FlowSide& claimed, const FlowSide& victim,
                              const wire::Packet& cause, Memory& memory, std::size_t before) const {
  Header out;
  out.ip.src = claimed.address;
  out.ip.dst = victim.address;
  out.ip.ttl = ttl_for(claimed);
  out.ip.dont_fragment = dont_fragment_;
  if (ip_id_rule_ == IpIdRule::algebra) {
    compute_algebra(claimed, victim, memory, out);
  } else {
    out.window = window_for(claimed, memory);
    out.ip.ip_id = ip_id_for(claimed, cause, memory, before);
  }
  ++memory.serial;
  return out;
}

std::uint8_t Forgery::ttl_for(const FlowSide& claimed) const {
  if (!relative_ttl_) return static_cast<std::uint8_t>(ttl_);
  const int base = claimed.seen ? claimed.ttl : kUnseenTtl;
  return static_cast<std::uint8_t>(std::clamp(base + ttl_, 1, 255));
}

std::uint16_t Forgery::window_for(const FlowSide& claimed, Memory& memory) const {
  switch (window_rule_) {
    case WindowRule::fixed:
      return window_;
    case WindowRule::random:
      return memory.random.sixteen_bits();
    default:
      return claimed.window;
  }
}

std::uint16_t Forgery::ip_id_for(const FlowSide& claimed, const wire::Packet& cause, Memory& memory,
                                 std::size_t before) const {
  switch (ip_id_rule_) {
    case IpIdRule::copy:
      return cause.ip_id;
    case IpIdRule::next:
      return static_cast<std::uint16_t>(claimed.ip_id + 1U + before);
    case IpIdRule::random:
      return memory.random.sixteen_bits();
    default:
      return ip_id_;
  }
}

// The relation read from a leaked product (Ablove et al., USENIX Security 2026, Table 7):
//   window = val + (dip mod k);  ip_id = 65535 - val * k + (sip mod window), mod 2^16
// with val growing from packet to packet and addresses in host order.
void Forgery::compute_algebra(const FlowSide& claimed, const FlowSide& victim, Memory& memory,
                              Header& out) const {
  constexpr std::uint32_t kLeastVal = 1000, kVals = 2000;
  const auto word = [](const IpAddress& address) {
    return static_cast<std::uint32_t>(address.low);
  };
  if (memory.algebra == 0) memory.algebra = kLeastVal + memory.random.below(kVals);
  const std::uint32_t val = memory.algebra + memory.serial;
  out.window = static_cast<std::uint16_t>(val + word(victim.address) % k_);
  out.ip.ip_id =
      static_cast<std::uint16_t>(65'535U - val * k_ + word(claimed.address) % out.window);
}

}  // namespace deadair::middlebox
