import type { common as english } from '../en/common';
import type { SameKeys } from '../texts';

export const common: SameKeys<typeof english> = {
  brand: 'OuterPark',
  skip: '본문으로 건너뛰기',
  nav: { label: '주요 메뉴', musicals: '뮤지컬', mypage: '마이페이지', admin: '관리', operate: '운영' },
  language: { label: '언어', ko: '한국어', en: 'English' },
  session: { signIn: '로그인', signOut: '로그아웃', signedInAs: '{{name}} 님' },
  footer: '오픈 소스 뮤지컬 예매. 초과 판매도 이중 결제도 없습니다.',
  loading: '불러오는 중…',
  retry: '다시 시도',
  close: '닫기',
  cancel: '취소',
  save: '저장',
  more: '더 보기',
  copyId: '{{id}} 복사',
  copied: '복사했습니다',
  notCopied: '브라우저가 복사를 허용하지 않았습니다',
  ago: '{{span}} 전',
  refreshed: '{{seconds}}초마다 다시 조회합니다. 마지막 응답: {{time}}',
  stale: '{{time}} 이후 응답이 없습니다. 그때의 상태를 보여 드립니다.',
  asTable: '표로 보기',
  secondsLeft_one: '{{count}}초',
  secondsLeft_other: '{{count}}초',
  seats_one: '{{count, number}}석',
  seats_other: '{{count, number}}석',
  notFound: {
    title: '페이지를 찾을 수 없습니다',
    text: '주소가 바뀌었거나 잘못 입력되었을 수 있습니다.',
    home: '전체 뮤지컬 보기',
  },
  signInNeeded: {
    title: '로그인이 필요합니다',
    text: '로그인하면 바로 이 화면으로 돌아옵니다.',
  },
  signInFailed: {
    again: '다시 로그인',
    unavailable: {
      title: '지금은 로그인할 수 없습니다',
      text: '로그인 서비스에 연결하지 못했습니다. 예매 내역은 안전합니다. 잠시 후 다시 시도해 주세요.',
    },
    refused: {
      title: '로그인하지 않았습니다',
      text: '로그인을 취소하셨거나 로그인 서비스가 허용하지 않았습니다.',
    },
    ended: {
      title: '로그인 시간이 지났습니다',
      text: '시간이 오래 지났거나 다른 탭 또는 브라우저에서 시작한 로그인입니다. 처음부터 다시 로그인해 주세요.',
    },
    invalid: {
      title: '로그인하지 못했습니다',
      text: '이 브라우저에서 시작한 로그인과 일치하지 않아 로그인되지 않았습니다. 다시 시도해 주세요.',
    },
  },
  forbidden: {
    title: '직원 전용 화면입니다',
    text: '이 계정에는 해당 권한이 없습니다.',
  },
  errors: {
    title: '처리하지 못했습니다',
    crashed: '화면에 문제가 생겼습니다. 예매 내역에는 영향이 없습니다.',
    reload: '화면 다시 불러오기',
    reference: '문의용 번호: {{id}}',
    offline: '오프라인이거나 서버에 연결할 수 없습니다. 연결되면 자동으로 다시 시도합니다.',
    unauthenticated: '로그인이 만료되었습니다. 다시 로그인해 주세요.',
    forbidden: '이 계정으로는 할 수 없는 작업입니다.',
    notFound: '존재하지 않거나 본인의 내역이 아닙니다.',
    tooMany: '짧은 시간에 요청이 너무 많았습니다. {{seconds}}초 후에 다시 시도해 주세요.',
    unavailable: '지금은 이 기능을 이용할 수 없습니다. 잠시 후 다시 시도해 주세요.',
    invalid: '요청 내용이 올바르지 않습니다.',
    unknown: '문제가 발생했습니다. 다시 시도해 주세요.',
  },
};
