// SHA-1 comes from OpenSSL; one context serves all flows.
#include "flow/community_id.hpp"

#include <cstdint>
#include <span>

#include <openssl/evp.h>

#include "bytes/error.hpp"

namespace deadair::flow {
namespace {

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// The hashed bytes: at most seed, two IPv6 addresses, protocol, padding, two ports.
class Input {
 public:
  void put(std::uint64_t value, unsigned bytes) {
    for (unsigned shift = bytes * 8; shift > 0; shift -= 8)
      bytes_[size_++] = static_cast<std::uint8_t>(value >> (shift - 8));
  }
  void put(const IpAddress& address, std::uint8_t ip_version) {
    if (ip_version == 4) return put(address.v4(), 4);
    put(address.high, 8);
    put(address.low, 8);
  }
  [[nodiscard]] std::span<const std::uint8_t> bytes() const {
    return std::span(bytes_).first(size_);
  }

 private:
  std::array<std::uint8_t, 40> bytes_{};
  std::size_t size_ = 0;
};

bool has_ports(std::uint8_t proto) {
  using namespace wire::ip_proto;
  return proto == kTcp || proto == kUdp || proto == kSctp || proto == kIcmp || proto == kIcmp6;
}

// 20 bytes give 28 characters, the last of them padding.
void encode_base64(const std::array<std::uint8_t, 21>& digest, std::span<char, 28> out) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < digest.size(); i += 3) {
    const std::uint32_t group =
        std::uint32_t{digest[i]} << 16 | std::uint32_t{digest[i + 1]} << 8 | digest[i + 2];
    for (unsigned shift = 24; shift > 0; shift -= 6) out[at++] = kBase64[group >> (shift - 6) & 63];
  }
  out.back() = '=';
}

}  // namespace

struct CommunityId::Digest {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_MD* sha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
};

CommunityId::CommunityId() : digest_(new Digest) {
  text_[0] = '1';
  text_[1] = ':';
  if (digest_->context == nullptr || digest_->sha1 == nullptr)
    throw Error("OpenSSL offers no SHA-1, which Community ID needs; check its configuration");
}

CommunityId::~CommunityId() {
  EVP_MD_CTX_free(digest_->context);
  EVP_MD_free(digest_->sha1);
  delete digest_;
}

std::string_view CommunityId::of(const FlowKey& key) {
  Input input;
  input.put(0, 2);
  input.put(key.a, key.ip_version);
  input.put(key.b, key.ip_version);
  input.put(key.proto, 1);
  input.put(0, 1);
  if (has_ports(key.proto)) {
    input.put(key.port_a, 2);
    input.put(key.port_b, 2);
  }
  std::array<std::uint8_t, 21> digest{};
  EVP_DigestInit_ex2(digest_->context, digest_->sha1, nullptr);
  EVP_DigestUpdate(digest_->context, input.bytes().data(), input.bytes().size());
  EVP_DigestFinal_ex(digest_->context, digest.data(), nullptr);
  encode_base64(digest, std::span(text_).subspan<2, 28>());
  return {text_.data(), 30};
}

}  // namespace deadair::flow
