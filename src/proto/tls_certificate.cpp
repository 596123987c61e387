// Walks the DER of an X.509 certificate (RFC 5280, X.690) as far as names go.
#include "proto/tls_certificate.hpp"

#include "proto/host_name.hpp"
#include "proto/tls_server.hpp"

namespace deadair::proto::tls {
namespace {

using std::string_view;

namespace tag {
constexpr std::uint8_t kBoolean = 0x01, kInteger = 0x02, kOctetString = 0x04, kOid = 0x06,
                       kUtf8String = 0x0c, kPrintableString = 0x13, kTeletexString = 0x14,
                       kIa5String = 0x16, kUtcTime = 0x17, kGeneralizedTime = 0x18,
                       kSequence = 0x30, kSet = 0x31, kVersion = 0xa0, kExtensions = 0xa3,
                       kDnsName = 0x82;
}  // namespace tag

// The three octets of an object identifier id-at or id-ce (RFC 5280 appendix A).
constexpr std::uint32_t kCommonName = 0x550403;
constexpr std::uint32_t kOrganization = 0x55040a;
constexpr std::uint32_t kSubjectAltName = 0x551d11;
constexpr std::size_t kMaxNameParts = 64;
constexpr std::size_t kMaxExtensions = 64;

// One DER element: `value` is what was captured of its `length` bytes.
struct Element {
  std::uint8_t tag = 0;
  std::size_t length = 0;
  ByteView value;

  [[nodiscard]] bool complete() const { return value.size() == length; }
};

//  identifier octet, length octets (short form, or long form of 1 to 3 octets), contents
// X.690 section 8.1. Takes elements off a view that may end early.
class Der {
 public:
  explicit Der(ByteView bytes) : rest_(bytes) {}

  // `truncated`: the element's header, or its contents, go on past the bytes there are; the part
  // that is there is in `out`. Nothing follows then.
  ParseStatus next(Element& out) {
    out = {};
    if (!rest_.has(0, 2)) return stop(ParseStatus::truncated);
    out.tag = rest_.u8(0);
    std::size_t header = 2;
    out.length = rest_.u8(1);
    if (out.length >= 0x80) {
      const std::size_t octets = out.length - 0x80;
      if (octets == 0 || octets > 3) return stop(ParseStatus::not_this);
      header += octets;
      if (!rest_.has(0, header)) return stop(ParseStatus::truncated);
      out.length = octets == 1 ? rest_.u8(2) : octets == 2 ? rest_.be16(2) : rest_.be24(2);
    }
    out.value = rest_.sub(header, out.length);
    rest_ = rest_.from(header + out.length);
    return out.complete() ? ParseStatus::parsed : ParseStatus::truncated;
  }

  // The next element must have this tag.
  ParseStatus expect(std::uint8_t tag, Element& out) {
    if (rest_.empty() || at(tag)) return next(out);
    out = {};
    return stop(ParseStatus::not_this);
  }

  [[nodiscard]] bool at(std::uint8_t tag) const { return !rest_.empty() && rest_.u8(0) == tag; }
  [[nodiscard]] bool empty() const { return rest_.empty(); }
  [[nodiscard]] ByteView rest() const { return rest_; }

 private:
  ParseStatus stop(ParseStatus status) {
    rest_ = {};
    return status;
  }

  ByteView rest_;
};

bool is_oid(const Element& element, std::uint32_t octets) {
  return element.value.size() == 3 && element.value.be24(0) == octets;
}

bool is_text(std::uint8_t type) {
  return type == tag::kUtf8String || type == tag::kPrintableString || type == tag::kIa5String ||
         type == tag::kTeletexString;
}

// A Name's two values of interest.
struct Names {
  string_view common_name;
  string_view organization;
};

//  AttributeTypeAndValue ::= SEQUENCE { type OBJECT IDENTIFIER, value ANY }
void read_name_part(ByteView part, Names& out) {
  Der der(part);
  Element type;
  Element value;
  if (der.expect(tag::kOid, type) != ParseStatus::parsed) return;
  if (der.next(value) != ParseStatus::parsed || !is_text(value.tag)) return;
  if (is_oid(type, kCommonName)) out.common_name = value.value.text();
  if (is_oid(type, kOrganization)) out.organization = value.value.text();
}

Names read_name(ByteView name) {
  Names out;
  Der parts(name);
  Element set;
  for (std::size_t i = 0; i < kMaxNameParts; ++i) {
    if (parts.expect(tag::kSet, set) == ParseStatus::not_this || set.value.empty()) break;
    Der inner(set.value);
    Element part;
    // A set of more than one is rare and its order carries no meaning: the first is taken.
    if (inner.expect(tag::kSequence, part) != ParseStatus::not_this)
      read_name_part(part.value, out);
  }
  return out;
}

//  Validity ::= SEQUENCE { notBefore Time, notAfter Time }
void read_validity(ByteView validity, Certificate& out) {
  Der times(validity);
  Element time;
  for (string_view* field : {&out.not_before, &out.not_after}) {
    if (times.next(time) != ParseStatus::parsed) return;
    if (time.tag == tag::kUtcTime || time.tag == tag::kGeneralizedTime) *field = time.value.text();
  }
}

//  Extension ::= SEQUENCE { extnID OBJECT IDENTIFIER, critical BOOLEAN DEFAULT FALSE,
//                           extnValue OCTET STRING }
void read_extension(ByteView extension, Certificate& out) {
  Der der(extension);
  Element element;
  if (der.expect(tag::kOid, element) != ParseStatus::parsed) return;
  if (!is_oid(element, kSubjectAltName)) return;
  if (der.at(tag::kBoolean)) der.next(element);
  if (der.expect(tag::kOctetString, element) == ParseStatus::not_this) return;
  Der value(element.value);
  if (value.expect(tag::kSequence, element) != ParseStatus::not_this) {
    out.alternative_names = element.value;
  }
}

ParseStatus read_extensions(ByteView bytes, Certificate& out) {
  Der outer(bytes);
  Element list;
  const ParseStatus status = outer.expect(tag::kSequence, list);
  if (status == ParseStatus::not_this) return status;
  Der extensions(list.value);
  Element extension;
  for (std::size_t i = 0; i < kMaxExtensions && !extensions.empty(); ++i) {
    if (extensions.expect(tag::kSequence, extension) == ParseStatus::not_this) {
      return ParseStatus::not_this;
    }
    read_extension(extension.value, out);
  }
  return status;
}

// What follows the subject: key, unique ids, extensions.
ParseStatus read_tail(Der& tbs, Certificate& out) {
  Element element;
  ParseStatus status = tbs.expect(tag::kSequence, element);  // subjectPublicKeyInfo
  while (status == ParseStatus::parsed && !tbs.empty()) {
    status = tbs.next(element);
    if (status != ParseStatus::not_this && element.tag == tag::kExtensions) {
      const ParseStatus inner = read_extensions(element.value, out);
      return inner == ParseStatus::parsed ? status : inner;
    }
  }
  return status;
}

ParseStatus read_tbs(ByteView bytes, Certificate& out) {
  Der tbs(bytes);
  Element element;
  Element issuer;
  ParseStatus status = ParseStatus::parsed;
  if (tbs.at(tag::kVersion)) status = tbs.next(element);
  if (status == ParseStatus::parsed) status = tbs.expect(tag::kInteger, element);
  if (status == ParseStatus::parsed) status = tbs.expect(tag::kSequence, element);  // signature
  if (status == ParseStatus::parsed) status = tbs.expect(tag::kSequence, issuer);
  const Names issued_by = read_name(issuer.value);
  out.issuer_name = issued_by.common_name;
  out.issuer_organization = issued_by.organization;
  if (status != ParseStatus::parsed) return status;

  status = tbs.expect(tag::kSequence, element);
  if (status == ParseStatus::parsed) read_validity(element.value, out);
  if (status == ParseStatus::parsed) status = tbs.expect(tag::kSequence, element);  // subject
  if (status != ParseStatus::parsed) return status;
  const Names issued_to = read_name(element.value);
  out.subject_name = issued_to.common_name;
  out.subject_organization = issued_to.organization;
  out.self_issued = element.value.equals(issuer.value);
  return read_tail(tbs, out);
}

bool is_certificate_name(string_view name) {
  if (name.starts_with("*.")) name.remove_prefix(2);
  return is_host_name(name);
}

}  // namespace

ParseStatus parse_certificate(ByteView der, std::size_t wire_len, Certificate& out) {
  out = {};
  const ByteView bytes = der.first(wire_len);
  Der outer(bytes);
  Element certificate;
  Element tbs;
  if (outer.expect(tag::kSequence, certificate) == ParseStatus::not_this) {
    return ParseStatus::not_this;
  }
  if (certificate.length > wire_len) return ParseStatus::not_this;
  Der inner(certificate.value);
  const ParseStatus status = inner.expect(tag::kSequence, tbs);
  if (status == ParseStatus::not_this || tbs.length > certificate.length) {
    return ParseStatus::not_this;
  }
  const ParseStatus read = read_tbs(tbs.value, out);
  // Lengths that run past a complete outer element contradict it: that is no cut.
  if (read == ParseStatus::truncated && status == ParseStatus::parsed) return ParseStatus::not_this;
  return read == ParseStatus::parsed ? status : read;
}

ParseStatus parse_server_certificate(ByteView stream, std::span<std::uint8_t> scratch,
                                     Certificate& out) {
  out = {};
  ServerFlight flight;
  const ParseStatus status = parse_server_flight(stream, scratch, flight);
  if (status == ParseStatus::not_this) return status;
  if (flight.certificate_length == 0) {
    return status == ParseStatus::truncated ? status : ParseStatus::not_this;
  }
  return parse_certificate(flight.certificate, flight.certificate_length, out);
}

std::string_view next_dns_name(ByteView& names) {
  while (names.has(0, 2)) {
    Der der(names);
    Element name;
    const ParseStatus status = der.next(name);
    if (status != ParseStatus::parsed) break;
    names = der.rest();
    if (name.tag == tag::kDnsName && is_certificate_name(name.value.text())) {
      return name.value.text();
    }
  }
  names = {};
  return {};
}

}  // namespace deadair::proto::tls
