// SIP messages between ends of tests, written as text, and the book they are noted in.
#pragma once

#include <string>
#include <vector>

#include "call/sip_dialogs.hpp"
#include "catch.hpp"

namespace deadair::test {

inline constexpr std::int64_t kSecond = 1'000'000'000;

inline call::SocketAddress at(const std::string& ip, std::uint16_t port = 5060) {
  call::SocketAddress out;
  REQUIRE(parse_ip_address(ip, out.ip));
  out.port = port;
  return out;
}

// Who says what in one Call-ID.
struct SipLeg {
  std::string call_id = "one@example.net";
  std::string caller = "10.0.0.2";
  std::string callee = "192.0.2.9";
  std::uint16_t caller_port = 5060;
  std::uint16_t callee_port = 5060;
  std::string caller_tag = "aa";
  std::string callee_tag = "bb";
};

inline std::string sdp(const std::string& ip, unsigned port, const std::string& more = "") {
  return "v=0\r\no=- 1 1 IN IP4 " + ip + "\r\ns=-\r\nc=IN IP4 " + ip + "\r\nt=0 0\r\nm=audio " +
         std::to_string(port) + " RTP/AVP 0\r\n" + more;
}

class SipTalk {
 public:
  explicit SipTalk(std::uint32_t capacity = call::SipDialogs::kCapacity) : book(7, capacity) {}

  // A request of the caller. `dialog`: with a To tag.
  call::SipCall ask(double s, const SipLeg& leg, const std::string& method, unsigned cseq = 1,
                    const std::string& body = "", bool dialog = false) {
    return note(s, text(leg, method + " sip:b@example.net SIP/2.0", method, cseq, body, dialog),
                at(leg.caller, leg.caller_port), at(leg.callee, leg.callee_port));
  }
  // A request of the callee, within the dialog.
  call::SipCall ask_back(double s, const SipLeg& leg, const std::string& method, unsigned cseq = 1,
                         const std::string& body = "") {
    return ask(s, turned(leg), method, cseq, body, true);
  }
  // A response of the callee to a request of the caller.
  call::SipCall reply(double s, const SipLeg& leg, const std::string& status, unsigned cseq = 1,
                      const std::string& body = "", const std::string& method = "INVITE") {
    return note(s, text(leg, "SIP/2.0 " + status, method, cseq, body, true),
                at(leg.callee, leg.callee_port), at(leg.caller, leg.caller_port));
  }
  call::SipCall reply_back(double s, const SipLeg& leg, const std::string& status,
                           const std::string& method) {
    return reply(s, turned(leg), status, 1, "", method);
  }

  call::SipCall note(double s, const std::string& message, const call::SocketAddress& source,
                     const call::SocketAddress& destination) {
    call::SipEvent event;
    const auto ts_ns = static_cast<std::int64_t>(s * 1e9);
    REQUIRE(call::read_sip_event(
        {ByteView::of(message), message.size(), source, destination, ts_ns, {0, ++frame}}, event));
    return book.note(event);
  }

  const call::SipDialog& operator[](call::SipCall call) const {
    const call::SipDialog* dialog = book.find(call);
    REQUIRE(dialog != nullptr);
    return *dialog;
  }
  [[nodiscard]] call::SipOutcome outcome(call::SipCall call, double now_s) const {
    return call::outcome_of((*this)[call], static_cast<std::int64_t>(now_s * 1e9));
  }
  // The attempt whose media flow there; 0 when there is none.
  [[nodiscard]] call::SipCall media(const std::string& ip, std::uint16_t port, double s) const {
    const auto* dialog = book.by_media(at(ip, port), static_cast<std::int64_t>(s * 1e9));
    return dialog == nullptr ? 0 : dialog->id;
  }
  std::vector<call::SipDialog> expire(double now_s) {
    std::vector<call::SipDialog> ended;
    book.expire(static_cast<std::int64_t>(now_s * 1e9), ended);
    return ended;
  }

  call::SipDialogs book;
  std::uint64_t frame = 0;

 private:
  static SipLeg turned(const SipLeg& leg) {
    SipLeg out = leg;
    std::swap(out.caller, out.callee);
    std::swap(out.caller_port, out.callee_port);
    std::swap(out.caller_tag, out.callee_tag);
    return out;
  }

  static std::string text(const SipLeg& leg, const std::string& start, const std::string& method,
                          unsigned cseq, const std::string& body, bool dialog) {
    return start + "\r\nVia: SIP/2.0/UDP " + leg.caller + ";branch=z9hG4bK1\r\nFrom: <sip:a@" +
           leg.caller + ">;tag=" + leg.caller_tag + "\r\nTo: <sip:b@example.net>" +
           (dialog ? ";tag=" + leg.callee_tag : "") + "\r\nCall-ID: " + leg.call_id +
           "\r\nCSeq: " + std::to_string(cseq) + " " + method + "\r\n" +
           (body.empty() ? "" : "Content-Type: application/sdp\r\n") +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
};

}  // namespace deadair::test
