import type { ThemeConfig } from 'antd'

/** The tokens of the desk, for Ant Design. */
export const looks: ThemeConfig = {
  token: {
    colorPrimary: '#2456c6',
    colorPrimaryHover: '#1b459f',
    colorLink: '#2456c6',
    colorText: '#18212e',
    colorTextSecondary: '#475467',
    colorTextPlaceholder: '#5d6778',
    colorBorder: '#8791a1',
    colorError: '#a8201a',
    colorSuccess: '#17663b',
    colorWarning: '#8a4b00',
    borderRadius: 6,
    borderRadiusLG: 8,
    fontSize: 13,
    controlHeight: 30,
    fontFamily: 'var(--font)',
    boxShadow: 'none',
    motion: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    motionDurationMid: '0.15s',
    motionDurationSlow: '0.15s',
  },
  components: {
    Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none', fontWeight: 550 },
  },
}
