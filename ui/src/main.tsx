import '@fontsource-variable/inter/wght.css'
import '@fontsource-variable/jetbrains-mono/wght.css'
import './theme/mantine.css'
import './theme/tokens.css'
import './theme/base.css'
import './theme/forced.css'
import './theme/density.ts'

import { MantineProvider } from '@mantine/core'
import { RouterProvider } from '@tanstack/react-router'
import { setNonce } from 'get-nonce'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Provider } from 'urql'

import { client } from './api/client.ts'
import { router } from './router.tsx'
import { theme, variables } from './theme/theme.ts'

const nonce = document.querySelector<HTMLMetaElement>('meta[name=csp-nonce]')?.content ?? ''
// Dialogs lock the page's scrolling with a style of their own, whose maker reads the nonce from here.
setNonce(nonce)

const place = document.querySelector('#console')
if (!place) throw new Error('index.html has no #console')
createRoot(place).render(
  <StrictMode>
    <MantineProvider
      cssVariablesResolver={variables}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
      theme={theme}
    >
      <Provider value={client}>
        <RouterProvider router={router} />
      </Provider>
    </MantineProvider>
  </StrictMode>,
)
