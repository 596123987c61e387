// Names for the numbers a STUN or TURN message carries: methods and attribute types.
#pragma once

#include <cstdint>

namespace deadair::proto::stun {

// The value of bytes 4 to 7 of every message since RFC 5389 (RFC 8489 section 5).
inline constexpr std::uint32_t kMagicCookie = 0x2112a442;
inline constexpr std::size_t kHeaderSize = 20;

// Methods, the 12 bits of the message type that are not its class (IANA "STUN Methods").
namespace method {
inline constexpr std::uint16_t kBinding = 0x001;       // RFC 8489
inline constexpr std::uint16_t kSharedSecret = 0x002;  // RFC 3489
inline constexpr std::uint16_t kAllocate = 0x003;      // RFC 8656
inline constexpr std::uint16_t kRefresh = 0x004;       // RFC 8656; Send in MS-TURN
inline constexpr std::uint16_t kSend = 0x006;  // RFC 8656; Set Active Destination in MS-TURN
inline constexpr std::uint16_t kData = 0x007;  // RFC 8656
inline constexpr std::uint16_t kCreatePermission = 0x008;   // RFC 8656
inline constexpr std::uint16_t kChannelBind = 0x009;        // RFC 8656
inline constexpr std::uint16_t kConnect = 0x00a;            // RFC 6062
inline constexpr std::uint16_t kConnectionBind = 0x00b;     // RFC 6062
inline constexpr std::uint16_t kConnectionAttempt = 0x00c;  // RFC 6062
inline constexpr std::uint16_t kGooglePing = 0x080;         // IANA, "GOOG-PING"
}  // namespace method

namespace attribute {
// RFC 3489, RFC 8489 and RFC 8656 (IANA "STUN Attributes", comprehension-required).
inline constexpr std::uint16_t kMappedAddress = 0x0001;
inline constexpr std::uint16_t kResponseAddress = 0x0002;  // RFC 3489 only
inline constexpr std::uint16_t kChangeRequest = 0x0003;    // RFC 5780
inline constexpr std::uint16_t kSourceAddress = 0x0004;    // RFC 3489 only
inline constexpr std::uint16_t kChangedAddress = 0x0005;   // RFC 3489 only
inline constexpr std::uint16_t kUsername = 0x0006;
inline constexpr std::uint16_t kPassword = 0x0007;  // RFC 3489 only
inline constexpr std::uint16_t kMessageIntegrity = 0x0008;
inline constexpr std::uint16_t kErrorCode = 0x0009;
inline constexpr std::uint16_t kUnknownAttributes = 0x000a;
inline constexpr std::uint16_t kReflectedFrom = 0x000b;  // RFC 3489 only
inline constexpr std::uint16_t kChannelNumber = 0x000c;
inline constexpr std::uint16_t kLifetime = 0x000d;
inline constexpr std::uint16_t kMsAlternateServer = 0x000e;  // MS-TURN
inline constexpr std::uint16_t kMsMagicCookie = 0x000f;      // MS-TURN 2.2.2.1: value 72 c6 4b c6
inline constexpr std::uint16_t kBandwidth = 0x0010;          // RFC 5766 drafts, MS-TURN
inline constexpr std::uint16_t kMsDestinationAddress = 0x0011;  // MS-TURN
inline constexpr std::uint16_t kXorPeerAddress = 0x0012;
inline constexpr std::uint16_t kData = 0x0013;
inline constexpr std::uint16_t kRealm = 0x0014;
inline constexpr std::uint16_t kNonce = 0x0015;
inline constexpr std::uint16_t kXorRelayedAddress = 0x0016;
inline constexpr std::uint16_t kRequestedAddressFamily = 0x0017;
inline constexpr std::uint16_t kEvenPort = 0x0018;
inline constexpr std::uint16_t kRequestedTransport = 0x0019;
inline constexpr std::uint16_t kDontFragment = 0x001a;
inline constexpr std::uint16_t kAccessToken = 0x001b;  // RFC 7635
inline constexpr std::uint16_t kMessageIntegritySha256 = 0x001c;
inline constexpr std::uint16_t kPasswordAlgorithm = 0x001d;
inline constexpr std::uint16_t kUserhash = 0x001e;
inline constexpr std::uint16_t kXorMappedAddress = 0x0020;
inline constexpr std::uint16_t kReservationToken = 0x0022;
inline constexpr std::uint16_t kPriority = 0x0024;      // RFC 8445
inline constexpr std::uint16_t kUseCandidate = 0x0025;  // RFC 8445
inline constexpr std::uint16_t kPadding = 0x0026;       // RFC 5780
inline constexpr std::uint16_t kResponsePort = 0x0027;  // RFC 5780
inline constexpr std::uint16_t kConnectionId = 0x002a;  // RFC 6062
inline constexpr std::uint16_t kIcmp = 0x0030;

// Comprehension-optional.
inline constexpr std::uint16_t kSoftware = 0x8022;
inline constexpr std::uint16_t kAlternateServer = 0x8023;
inline constexpr std::uint16_t kTransactionTransmitCounter = 0x8025;  // RFC 7982
inline constexpr std::uint16_t kFingerprint = 0x8028;
inline constexpr std::uint16_t kIceControlled = 0x8029;   // RFC 8445
inline constexpr std::uint16_t kIceControlling = 0x802a;  // RFC 8445
inline constexpr std::uint16_t kResponseOrigin = 0x802b;  // RFC 5780
inline constexpr std::uint16_t kOtherAddress = 0x802c;    // RFC 5780

// Microsoft: [MS-TURN] 2.2.2, [MS-TURNBWM] 2.2, [MS-ICE2] 2.2 and IANA's notes on them. Those
// without a published name were read from call traffic only.
inline constexpr std::uint16_t kMsUnnamed8006 = 0x8006;
inline constexpr std::uint16_t kMsVersion = 0x8008;           // 6 in Teams
inline constexpr std::uint16_t kMsXorMappedAddress = 0x8020;  // XOR-MAPPED-ADDRESS before RFC 5389
inline constexpr std::uint16_t kMsSequenceNumber = 0x8050;
inline constexpr std::uint16_t kMsCandidateIdentifier = 0x8054;
inline constexpr std::uint16_t kMsServiceQuality = 0x8055;
inline constexpr std::uint16_t kMsBandwidthAcm = 0x8056;
inline constexpr std::uint16_t kMsBandwidthReservationId = 0x8057;
inline constexpr std::uint16_t kMsBandwidthReservation = 0x8058;
inline constexpr std::uint16_t kMsRemoteSite = 0x8059;
inline constexpr std::uint16_t kMsLocationProfile = 0x8068;
inline constexpr std::uint16_t kMsImplementationVersion = 0x8070;
inline constexpr std::uint16_t kMsUnnamed8033 = 0x8033;  // with 0x8036 and 0x8037: Teams
inline constexpr std::uint16_t kMsUnnamed8036 = 0x8036;
inline constexpr std::uint16_t kMsUnnamed8037 = 0x8037;
inline constexpr std::uint16_t kMsAlternateMappedAddress = 0x8090;
inline constexpr std::uint16_t kMsMultiplexedSessionId = 0x8095;

// Zoom, in messages without the magic cookie (requests and answers); read from call traffic only.
inline constexpr std::uint16_t kZoomUnnamed0101 = 0x0101;
inline constexpr std::uint16_t kZoomUnnamed0103 = 0x0103;

// Google WebRTC (webrtc.org api/transport/stun.h); every WebRTC application sends them.
inline constexpr std::uint16_t kGoogleNetworkInfo = 0xc057;
inline constexpr std::uint16_t kGoogleLastCheckReceived = 0xc058;
inline constexpr std::uint16_t kGoogleMiscInfo = 0xc059;
inline constexpr std::uint16_t kGoogleConnectionId = 0xc05a;
inline constexpr std::uint16_t kGoogleDelta = 0xc05b;
inline constexpr std::uint16_t kGoogleDeltaAck = 0xc05c;
inline constexpr std::uint16_t kGoogleIntegrity32 = 0xc060;
}  // namespace attribute

}  // namespace deadair::proto::stun
